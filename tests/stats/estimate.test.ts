import { describe, expect, it } from 'vitest'
import { deviation, estimate } from '../../src/stats/estimate.js'
import { pairedDifference } from '../../src/stats/paired.js'

describe('an estimate', () => {
  it('of three seeds has half-width t(2) · sd / √3', () => {
    const found = estimate([0.8, 0.9, 1])
    expect(found?.n).toBe(3)
    expect(found?.mean).toBeCloseTo(0.9, 12)
    expect(found?.sd).toBeCloseTo(0.1, 12)
    expect(found?.half).toBeCloseTo((4.302652729749462 * 0.1) / Math.sqrt(3), 10)
  })

  it('of one seed has no interval', () => {
    expect(estimate([0.5])).toEqual({ n: 1, mean: 0.5, sd: null, half: null })
    expect(deviation([0.5])).toBeNull()
  })

  it('of no seeds is absent', () => {
    expect(estimate([])).toBeNull()
  })
})

describe('a paired difference', () => {
  it('uses the common seeds only', () => {
    const a = new Map([
      [1, 0.9],
      [2, 0.8],
      [3, 0.1],
    ])
    const b = new Map([
      [2, 0.7],
      [1, 0.7],
      [4, 0.5],
    ])
    const found = pairedDifference(a, b)
    expect(found?.n).toBe(2)
    expect(found?.mean).toBeCloseTo(0.15, 12)
  })

  it('of methods without a common seed is absent', () => {
    expect(pairedDifference(new Map([[1, 1]]), new Map([[2, 1]]))).toBeNull()
  })

  it('has a narrow interval when the methods move together', () => {
    const a = new Map([
      [1, 0.5],
      [2, 0.7],
      [3, 0.9],
    ])
    const b = new Map([
      [1, 0.4],
      [2, 0.6],
      [3, 0.8],
    ])
    expect(pairedDifference(a, b)?.half).toBeCloseTo(0, 10)
    expect(estimate([...a.values()])?.half).toBeGreaterThan(0.4)
  })
})
