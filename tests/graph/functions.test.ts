import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { exp, input, log } from '../../src/graph/ops.js'

const at = (f: typeof exp, x: number): number => evaluate([f(input('x'))], { x }, 'f32')[0]![0]!
/** The distance from one f32 to the next at this magnitude. */
const unit = (x: number): number => 2 ** (Math.floor(Math.log2(Math.max(Math.abs(x), 2 ** -126))) - 23)
const positive = fc.float({ min: 0, noNaN: true, minExcluded: true, noDefaultInfinity: true })
const nearOne = fc.integer({ min: -(2 ** 20), max: 2 ** 20 }).map((k) => 1 + k * 2 ** -23)
const grid = fc.integer({ min: -87 * 1024, max: 88 * 1024 }).map((k) => k / 1024)

describe('exp and log in f32', () => {
  it('exp is within 2 units in the last place of the f64 exponential, for every grid point', () => {
    fc.assert(
      fc.property(grid, (x) => {
        const truth = Math.exp(x)
        expect(Math.abs(at(exp, x) - truth)).toBeLessThanOrEqual(2 * unit(truth))
      }),
      { numRuns: 2000 },
    )
  })
  it('log is within 2 units in the last place of the f64 logarithm, for every positive f32', () => {
    fc.assert(
      fc.property(fc.oneof(positive, nearOne), (x) => {
        const truth = Math.log(x)
        expect(Math.abs(at(log, x) - truth)).toBeLessThanOrEqual(2 * unit(truth))
      }),
      { numRuns: 2000 },
    )
  })
  it('keep their limits and let NaN through', () => {
    expect([-88, -Infinity].map((x) => at(exp, x))).toEqual([0, 0])
    expect([89, Infinity].map((x) => at(exp, x))).toEqual([
      Math.fround(3.4028234663852886e38),
      Math.fround(3.4028234663852886e38),
    ])
    expect([0, -1, Infinity, Number.NaN].map((x) => at(log, x))).toEqual([-Infinity, Number.NaN, Infinity, Number.NaN])
    expect([at(exp, Number.NaN), at(exp, 0), at(log, 1)]).toEqual([Number.NaN, 1, 0])
  })
})
