import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadPlugins } from '../../src/shell/plugins.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engram-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const codec = "{ name: 'c', is: () => true, validate: (u) => u, encode: (u) => u, decode: (u) => u }"
const record = (name: string, options = codec) =>
  `{ name: '${name}', sources: [], options: ${options}, make: () => [] }`

const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const reasonFor = async (...paths: readonly string[]): Promise<string> => {
  const loaded = await loadPlugins(paths, [])()
  return E.isLeft(loaded) && loaded.left._tag === 'Refused' ? loaded.left.reason : ''
}

describe('a plugin file', () => {
  it('may export several plugins, and other things', async () => {
    const path = file('two.mjs', `export const a = ${record('a')}; export const b = ${record('b')}; export const c = 3`)
    const loaded = await loadPlugins([path], [])()
    expect(E.isRight(loaded) && loaded.right.plugins.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('has a digest of its bytes, which every change changes', async () => {
    const digestOf = async (path: string) => {
      const loaded = await loadPlugins([path], [])()
      return E.isRight(loaded) ? loaded.right.digests.get('a') : undefined
    }
    const before = await digestOf(file('digest.mjs', `export const a = ${record('a')}`))
    expect(before).toMatch(/^[0-9a-f]{64}$/)
    expect(await digestOf(file('digest.mjs', `export const a = ${record('a')} // changed`))).not.toBe(before)
  })

  it('that is not there, or does not run, is refused with the reason', async () => {
    expect(await reasonFor(join(folder, 'none.mjs'))).toContain('cannot be loaded')
    expect(await reasonFor(file('broken.mjs', 'export const = 1'))).toContain('cannot be loaded')
    expect(await reasonFor(file('throws.mjs', "throw new Error('out of luck')"))).toContain('out of luck')
  })

  it('without a plugin is refused, also when its options are no codec', async () => {
    expect(await reasonFor(file('empty.mjs', 'export const a = 1'))).toContain('exports no plugin')
    expect(await reasonFor(file('plain.mjs', `export const a = ${record('a', '{}')}`))).toContain('exports no plugin')
  })

  it('must not take the name of another strategy', async () => {
    const one = file('one.mjs', `export const a = ${record('same')}`)
    const other = file('other.mjs', `export const b = ${record('same')}`)
    expect(await reasonFor(one, other)).toContain("the name 'same' is taken")
    expect(
      await reasonFor(file('twice.mjs', `export const a = ${record('x')}; export const b = ${record('x')}`)),
    ).toContain("the name 'x' is taken")
  })
})
