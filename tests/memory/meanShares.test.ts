import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { meanShares } from '../../src/memory/meanShares.js'

const labels = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 })

/** The mean of a class's numbers, by the shares of its rows. */
const weighted = (values: readonly number[], shares: Float32Array, of: readonly number[], label: number): number =>
  values.reduce((sum, value, i) => (of[i] === label ? sum + value * (shares[i] ?? 0) : sum), 0)

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

describe('meanShares', () => {
  it('is the same for all rows of a class, and adds up to 1 (to 1e-5)', () => {
    fc.assert(
      fc.property(labels, (of) => {
        const shares = meanShares(Int32Array.from(of))
        of.forEach((label, i) => {
          expect(shares[i]).toBe(Math.fround(1 / of.filter((l) => l === label).length))
        })
      }),
    )
  })

  it('takes a class in chunks, each as much as all before it: the running mean that the chunks give (to 1e-5)', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 12 }), (of, chunk) => {
        const shares = meanShares(Int32Array.from(of), chunk)
        const values = of.map((_, i) => ((i * 37) % 11) - 5)
        for (const label of new Set(of)) {
          const own = values.filter((_, i) => of[i] === label)
          let running = mean(own.slice(0, chunk))
          for (let from = chunk; from < own.length; from += chunk)
            running = (running + mean(own.slice(from, from + chunk))) / 2
          expect(Math.abs(weighted(values, shares, of, label) - running)).toBeLessThan(1e-5)
        }
      }),
    )
  })

  it('weighs 25 rows in chunks of 10 by 1/4, 1/4 and 1/2', () => {
    const shares = [...meanShares(new Int32Array(25), 10)]
    expect([0, 10, 20].map((i) => shares[i])).toEqual([0.25 / 10, 0.25 / 10, 0.5 / 5].map(Math.fround))
  })
})
