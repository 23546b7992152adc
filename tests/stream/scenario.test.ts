import { readdirSync, readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { describe as line } from '../../src/codec/problem.js'
import { scenario } from '../../src/stream/scenario.js'

const folder = new URL('../../scenarios/', import.meta.url)
const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))

const base = { name: 'x', dataset: 'digits', incremental: 'class', contexts: { kind: 'split', classesPerContext: 2 } }

const complaints = (change: object): readonly string[] => {
  const result = decodeWith(scenario, { ...base, ...change })
  return E.isLeft(result) ? result.left.map(line) : []
}

describe('scenario', () => {
  const files = readdirSync(folder)

  it('files are those of this package', () => {
    expect(files).toHaveLength(14)
  })

  it.each(files)('file %s decodes and bears its own name', (file) => {
    expect(decodeWith(scenario, read(file))).toMatchObject({
      _tag: 'Right',
      right: { name: file.replace('.json', '') },
    })
  })

  it('accepts defaults', () => {
    expect(complaints({})).toEqual([])
    expect(decodeWith(scenario, base)).toMatchObject({ right: { reveals: {}, contexts: { order: 'natural' } } })
  })

  it('refuses contradictions', () => {
    expect(complaints({ incremental: 'task', reveals: { testContext: false, context: false } })).toEqual([
      'reveals.context: expected true, because in task-incremental learning each context has its own outputs, got false',
      'reveals.testContext: expected true, because task-incremental means that the context is known at test, got false',
    ])
    expect(complaints({ incremental: 'domain', reveals: { testContext: true } })).toEqual([
      'reveals.testContext: expected false, because domain-incremental means that the context is hidden at test, got true',
    ])
    expect(complaints({ reveals: { boundary: false } })).toEqual([
      'reveals.boundary: expected true, because a context that is known tells its boundary, got false',
    ])
    expect(complaints({ reveals: { boundary: false, context: false } })).toEqual([])
  })

  it('refuses unknown keys, data sets and kinds', () => {
    expect(complaints({ reveal: {}, dataset: 'minst' })).toEqual([
      "reveal: unknown key 'reveal'; did you mean 'reveals'?",
      'dataset: expected one of "digits", "mnist", got "minst"; did you mean \'mnist\'?',
    ])
    expect(complaints({ contexts: { kind: 'spilt' } })).toEqual([
      'contexts.kind: expected one of "split", "permuted", "rotated", got "spilt"; did you mean \'split\'?',
    ])
  })

  it('refuses class tables that are no permutations, and splits that do not come out even', () => {
    const order = { table: { 2: [3, 1, 5, 6, 0, 2, 7, 4, 9, 9], two: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] } }
    expect(complaints({ contexts: { kind: 'split', classesPerContext: 3, order } })).toEqual([
      'contexts.classesPerContext: expected a divisor of the 10 classes of digits, got 3',
      'contexts.order.table.2: expected each of the classes 0 .. 9 once, got [3,1,5,6,0,2,7,4,9,9]',
      'contexts.order.table.two: expected a key that is a seed (an integer >= 0), got [0,1,2,3,4,5,6,7,8,9]',
    ])
  })

  it('refuses angles that are no finite numbers, or none at all', () => {
    expect(complaints({ contexts: { kind: 'rotated', angles: [0, Number.NaN] } })).toEqual([
      'contexts.angles[1]: expected a finite number, got NaN',
    ])
    expect(complaints({ contexts: { kind: 'rotated', angles: [] } })).toHaveLength(1)
    expect(complaints({ contexts: { kind: 'rotated', angles: { count: 0, maximum: -1 } } })).toHaveLength(2)
  })
})
