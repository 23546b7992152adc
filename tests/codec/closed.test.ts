import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import type * as t from 'io-ts'
import { checked } from '../../src/codec/checked.js'
import { choose } from '../../src/codec/choose.js'
import { closed } from '../../src/codec/closed.js'
import { decodeWith } from '../../src/codec/decode.js'
import { list } from '../../src/codec/list.js'
import { count, finite, nonNegative } from '../../src/codec/number.js'
import { oneOf } from '../../src/codec/oneOf.js'
import { optional, withDefault } from '../../src/codec/optional.js'
import { describe as line } from '../../src/codec/problem.js'
import { table } from '../../src/codec/table.js'
import { tagged } from '../../src/codec/tagged.js'
import { text } from '../../src/codec/text.js'

const options = closed('ewc options', {
  lambda: nonNegative,
  gamma: withDefault(nonNegative, 1),
  note: optional(text),
})

const lines = (codec: t.Mixed, value: unknown): readonly string[] => {
  const result = decodeWith(codec, value)
  return E.isLeft(result) ? result.left.map(line) : []
}

describe('closed', () => {
  it('decodes, fills in defaults and leaves absent optional fields absent', () => {
    expect(decodeWith(options, { lambda: 2 })).toEqual(E.right({ lambda: 2, gamma: 1 }))
    expect(decodeWith(options, { lambda: 2, gamma: 3, note: 'x' })).toEqual(E.right({ lambda: 2, gamma: 3, note: 'x' }))
    expectTypeOf<t.TypeOf<typeof options>>().toExtend<{
      readonly lambda: number
      readonly gamma: number
      readonly note?: string
    }>()
  })

  it('refuses unknown keys, names the nearest known key, and reports all problems at once', () => {
    expect(lines(options, { lamda: 1, gamma: Number.NaN, note: '' })).toEqual([
      "lamda: unknown key 'lamda'; did you mean 'lambda'?",
      'lambda: expected a number >= 0, got nothing',
      'gamma: expected a number >= 0, got NaN',
      'note: expected a non-empty text, got ""',
    ])
  })

  it('lists the keys when none is near, and takes no inherited key for its own', () => {
    expect(lines(closed('x', { a: finite }), { a: 1, zzzzzz: 2 })).toEqual([
      "zzzzzz: unknown key 'zzzzzz' (expected one of the keys 'a')",
    ])
    expect(lines(options, { lambda: 1, toString: 1 })).toHaveLength(1)
    expect(lines(closed('x', { constructor: finite }), {})).toHaveLength(1)
  })

  it('refuses what is no object', () => {
    for (const value of [null, [], 'x', 3, undefined]) expect(lines(options, value)).toHaveLength(1)
    expect(lines(options, [])).toEqual(['expected ewc options, got []'])
  })

  it('for every decoded value, encoding and decoding again gives the same value', () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat(), { nil: undefined }), (lambda, gamma) => {
        const once = decodeWith(options, gamma === undefined ? { lambda } : { lambda, gamma })
        if (E.isLeft(once)) throw new Error('does not decode')
        expect(options.is(once.right)).toBe(true)
        expect(decodeWith(options, options.encode(once.right))).toEqual(once)
      }),
    )
  })
})

describe('nested codecs', () => {
  const status = tagged('kind', { complete: {}, diverged: { step: count } })
  const file = closed('file', { runs: list(status, { min: 1 }), weights: withDefault(table(finite), {}) })

  it('name the path of every problem', () => {
    const value = {
      runs: [{ kind: 'complete' }, { kind: 'diverged', step: 0 }, { kind: 'divergd' }, 4],
      weights: { a: 'b' },
    }
    expect(lines(file, value)).toEqual([
      'runs[1].step: expected an integer >= 1, got 0',
      'runs[2].kind: expected one of "complete", "diverged", got "divergd"; did you mean \'diverged\'?',
      'runs[3]: expected an object with kind one of "complete", "diverged", got 4',
      'weights.a: expected a finite number, got "b"',
    ])
    expect(lines(file, { runs: [] })[0]).toMatch(/^runs: expected a list of at least 1/)
  })

  it('decode unions told apart by a tag', () => {
    expect(decodeWith(status, { kind: 'diverged', step: 3 })).toEqual(E.right({ kind: 'diverged', step: 3 }))
    expect(status.is({ kind: 'complete' })).toBe(true)
    expect(status.is({ kind: 'complete', step: 3 })).toBe(false)
    expect(lines(status, { kind: 'complete', step: 3 })).toEqual([
      "step: unknown key 'step' (expected one of the keys 'kind')",
    ])
  })

  it('choose reports the problems of the shape that was meant', () => {
    const either = choose(oneOf(['natural', 'drawn']), (u) => typeof u === 'string', closed('a table', { seed: count }))
    expect(decodeWith(either, 'drawn')).toEqual(E.right('drawn'))
    expect(lines(either, 'drawm')).toEqual([
      'expected one of "natural", "drawn", or a table, got "drawm"; did you mean \'drawn\'?',
    ])
    expect(lines(either, { seed: -1 })).toEqual(['seed: expected an integer >= 1, got -1'])
  })

  it('checked reports complaints at their own path, after the fields are right', () => {
    const range = checked(closed('range', { low: finite, high: finite }), ({ low, high }) =>
      low <= high ? [] : [{ at: ['high'], expected: 'a number >= low' }],
    )
    expect(decodeWith(range, { low: 1, high: 2 })).toEqual(E.right({ low: 1, high: 2 }))
    expect(lines(closed('outer', { range }), { range: { low: 3, high: 2 } })).toEqual([
      'range.high: expected a number >= low, got 2',
    ])
    expect(lines(range, { low: 'x', high: 2 })).toHaveLength(1)
  })
})
