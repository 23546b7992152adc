import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mostSeeds, verdictOn } from '../../src/stats/equivalence.js'
import { estimate } from '../../src/stats/estimate.js'
import { tQuantile } from '../../src/stats/studentT.js'

const half = (n: number, sd: number, level: number): number => (tQuantile(n - 1, level) * sd) / Math.sqrt(n)

/** n values with this mean and this sample standard deviation, exactly but for rounding. */
const spread = (n: number, mean: number, sd: number): readonly number[] => {
  const raw = Array.from({ length: n }, (_, i) => i - (n - 1) / 2)
  const scale = sd / Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0) / (n - 1))
  return raw.map((x) => mean + scale * x)
}

const fractions = fc.integer({ min: 0, max: 1000 }).map((k) => k / 1000)

const cases = fc.record({
  n: fc.integer({ min: 2, max: 20 }),
  mean: fractions,
  sd: fc.integer({ min: 1, max: 100 }).map((k) => k / 1000),
  target: fc.record({ mean: fractions, margin: fc.integer({ min: 0, max: 100 }).map((k) => k / 1000) }),
})

describe('a verdict', () => {
  it('is that of the table: 10 seeds, standard deviation 1 point, margin 2', () => {
    // half-widths: 90 % 1.833 · 1/√10 = 0.580 points, 95 % 2.262 · 1/√10 = 0.715
    const at = (points: number) => verdictOn(spread(10, 0.8 + points / 100, 0.01), { mean: 0.8, margin: 0.02 }).kind
    expect([0, 1.41, 1.43, 2, 2.71, 2.72, 9].map(at)).toEqual([
      'equivalent',
      'equivalent',
      'undecided',
      'undecided',
      'undecided',
      'different',
      'different',
    ])
    expect([-1.41, -1.43, -2.71, -2.72].map(at)).toEqual(['equivalent', 'undecided', 'undecided', 'different'])
  })

  it('of one seed is undecided, wherever it lies', () => {
    fc.assert(
      fc.property(fractions, fractions, (value, mean) => {
        expect(verdictOn([value], { mean, margin: 0.02 })).toEqual({ kind: 'undecided', needed: null })
      }),
    )
  })

  it('of seeds that agree is never undecided, and the edge belongs to the margin', () => {
    expect(verdictOn([0.75, 0.75], { mean: 0.5, margin: 0.25 }).kind).toBe('equivalent')
    expect(verdictOn([0.75, 0.75], { mean: 0.5, margin: 0.125 }).kind).toBe('different')
  })

  it('is never equivalent and different at once: it is what the two intervals say', () => {
    fc.assert(
      fc.property(cases, ({ n, mean, sd, target }) => {
        const values = spread(n, mean, sd)
        const found = estimate(values)
        if (found?.sd === undefined || found.sd === null) throw new Error('no spread')
        const [inner, outer] = [half(n, found.sd, 0.9), half(n, found.sd, 0.95)]
        const inside =
          found.mean - inner >= target.mean - target.margin && found.mean + inner <= target.mean + target.margin
        const outside =
          found.mean + outer < target.mean - target.margin || found.mean - outer > target.mean + target.margin
        const edge = Math.abs(Math.abs(found.mean - target.mean) + inner - target.margin) < 1e-12
        const rim = Math.abs(Math.abs(found.mean - target.mean) - outer - target.margin) < 1e-12
        fc.pre(!edge && !rim)
        const { kind } = verdictOn(values, target)
        expect(kind).toBe(inside ? 'equivalent' : outside ? 'different' : 'undecided')
      }),
    )
  })

  it('needs so many seeds that with these, and with none fewer, mean and spread as they are would decide', () => {
    fc.assert(
      fc.property(cases, ({ n, mean, sd, target }) => {
        const found = verdictOn(spread(n, mean, sd), target)
        if (found.kind !== 'undecided' || found.needed === null) return
        const { verdict, seeds } = found.needed
        const distance = Math.abs(mean - target.mean)
        fc.pre(Math.abs(distance - target.margin) > 1e-9)
        // which verdict is in reach depends on the mean alone
        expect(verdict).toBe(distance < target.margin ? 'equivalent' : 'different')
        const decided = (count: number): boolean =>
          verdict === 'equivalent'
            ? half(count, sd, 0.9) <= target.margin - distance
            : half(count, sd, 0.95) < distance - target.margin
        if (seeds === null) {
          expect(decided(mostSeeds)).toBe(false)
          return
        }
        expect(seeds).toBeGreaterThan(n)
        expect(decided(seeds + 1)).toBe(true)
        expect(decided(seeds - 1)).toBe(false)
      }),
    )
  })

  it('says what cannot be had: beyond the margin more seeds can only differ, and on its edge they say nothing', () => {
    expect(verdictOn([0.75, 0.85], { mean: 0.77, margin: 0.02 })).toMatchObject({ needed: { verdict: 'different' } })
    expect(verdictOn([0.25, 0.75], { mean: 0.25, margin: 0.25 })).toEqual({ kind: 'undecided', needed: null })
    expect(verdictOn([0, 1], { mean: 0.5, margin: 1e-6 })).toEqual({
      kind: 'undecided',
      needed: { verdict: 'equivalent', seeds: null },
    })
  })
})
