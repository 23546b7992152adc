import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { count, finite, fraction, natural, nonNegative, positive } from '../../src/codec/number.js'

const accepts = (codec: typeof finite, values: readonly unknown[]): readonly unknown[] =>
  values.filter((v) => E.isRight(codec.decode(v)))

describe('numbers', () => {
  const values = [-1, 0, 0.5, 1, 2, 1e20]

  it('accept exactly their range', () => {
    expect(accepts(finite, values)).toEqual(values)
    expect(accepts(nonNegative, values)).toEqual([0, 0.5, 1, 2, 1e20])
    expect(accepts(positive, values)).toEqual([0.5, 1, 2, 1e20])
    expect(accepts(fraction, values)).toEqual([0, 0.5, 1])
    expect(accepts(natural, values)).toEqual([0, 1, 2])
    expect(accepts(count, values)).toEqual([1, 2])
  })

  it('refuse NaN, infinities, texts and nothing', () => {
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1', null, undefined, [1]]
    for (const codec of [finite, nonNegative, positive, fraction, natural, count])
      expect(accepts(codec, bad)).toEqual([])
  })

  it('decode -0 as 0', () => {
    expect(finite.decode(-0)).toEqual(E.right(0))
  })
})
