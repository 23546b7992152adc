import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findBenchmark, findScenario, namesIn, packageFolder } from '../../src/shell/places.js'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'engram-'))
  for (const folder of ['benchmarks', 'scenarios']) {
    mkdirSync(join(cwd, folder))
    writeFileSync(join(cwd, folder, 'mine.json'), '{}')
  }
})
afterEach(() => rmSync(cwd, { recursive: true }))

describe('a benchmark', () => {
  it('is found by path, by name here, and by name in the package', () => {
    expect(findBenchmark('benchmarks/mine.json', cwd)).toEqual(E.right(join(cwd, 'benchmarks', 'mine.json')))
    expect(findBenchmark('mine', cwd)).toEqual(E.right(join(cwd, 'benchmarks', 'mine.json')))
    expect(findBenchmark('quick-start', cwd)).toEqual(E.right(join(packageFolder, 'benchmarks', 'quick-start.json')))
  })

  it('that does not exist names the places searched and the names that exist', () => {
    const found = findBenchmark('mime', cwd)
    expect(E.isLeft(found) && found.left).toMatchObject({
      _tag: 'NameUnknown',
      looked: [join(cwd, 'benchmarks', 'mime.json'), join(packageFolder, 'benchmarks', 'mime.json')],
    })
    expect(E.isLeft(found) && found.left._tag === 'NameUnknown' && found.left.known).toContain('mine')
  })

  it('is not a folder', () => {
    mkdirSync(join(cwd, 'benchmarks', 'folder.json'))
    expect(E.isLeft(findBenchmark('folder', cwd))).toBe(true)
  })
})

describe('a scenario', () => {
  it('is found beside the folder of its benchmark first', () => {
    expect(findScenario('mine', join(cwd, 'benchmarks', 'mine.json'), '/')).toEqual(
      E.right(join(cwd, 'scenarios', 'mine.json')),
    )
    expect(findScenario('../scenarios/mine.json', join(cwd, 'benchmarks', 'mine.json'), '/')).toEqual(
      E.right(join(cwd, 'scenarios', 'mine.json')),
    )
  })
})

describe('names in folders', () => {
  it('are those of JSON files, each once', () => {
    writeFileSync(join(cwd, 'scenarios', 'notes.txt'), '')
    expect(namesIn([join(cwd, 'benchmarks'), join(cwd, 'scenarios'), join(cwd, 'none')])).toEqual(['mine'])
  })
})
