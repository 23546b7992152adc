import { describe, expect, it } from 'vitest'
import { key } from '../../src/random/key.js'
import { logarithm } from '../../src/random/logarithm.js'
import { normals } from '../../src/random/normals.js'

describe('logarithm', () => {
  it('equals Math.log to 4e-16, of the value or of 1 where that is smaller, from 1e-300 to 1e300', () => {
    for (const x of [1, 2, 0.5, Math.SQRT2, Math.SQRT1_2, 1e-300, 1e300, ...normals(key(1), 500).map((v) => v * v)])
      expect(Math.abs(logarithm(x) - Math.log(x)) / Math.max(1, Math.abs(Math.log(x)))).toBeLessThan(4e-16)
  })
  it('is 0 at 1, -infinity at 0, infinity at infinity, and NaN below 0 and of NaN', () => {
    const ends = [1, 0, Number.POSITIVE_INFINITY, -1, Number.NaN].map(logarithm)
    expect(ends).toEqual([0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN, Number.NaN])
  })
})
