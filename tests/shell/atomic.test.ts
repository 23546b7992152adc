import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writable, writeAtomic } from '../../src/shell/atomic.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'engram-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('writing a file', () => {
  it('makes the folders on the way, replaces what was there, and leaves nothing else', () => {
    const path = join(folder, 'a', 'b', 'c.json')
    expect(writeAtomic(path, 'one')).toEqual(E.right(undefined))
    expect(writeAtomic(path, 'two')).toEqual(E.right(undefined))
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.json'])
  })

  it('leaves the old file and no temporary one when it fails', () => {
    const path = join(folder, 'taken')
    mkdirSync(path)
    const written = writeAtomic(path, 'text')
    expect(E.isLeft(written) && written.left).toMatchObject({ _tag: 'FileUnwritable', path })
    expect(readdirSync(folder)).toEqual(['taken'])
  })
})

describe('a folder for results', () => {
  it('is writable when it can be made, and is not made by asking', () => {
    const path = join(folder, 'not', 'there')
    expect(writable(path)).toEqual(E.right(undefined))
    expect(existsSync(join(folder, 'not'))).toBe(false)
  })

  it('is not writable below a file', () => {
    writeFileSync(join(folder, 'file'), '')
    const path = join(folder, 'file', 'results')
    const asked = writable(path)
    expect(E.isLeft(asked) && asked.left).toMatchObject({ _tag: 'FileUnwritable', path })
  })

  it('is not writable where the system says so', () => {
    chmodSync(folder, 0o500)
    const asked = writable(join(folder, 'results'))
    chmodSync(folder, 0o700)
    // root may write everywhere
    expect(E.isLeft(asked)).toBe(process.getuid?.() !== 0)
  })
})
