import { describe, expect, it } from 'vitest'
import { tQuantile } from '../../src/stats/studentT.js'

// scipy.stats.t.ppf((1 + level) / 2, freedom)
const known = [
  [1, 0.95, 12.706204736174694],
  [2, 0.95, 4.302652729749462],
  [3, 0.95, 3.1824463052837078],
  [4, 0.95, 2.7764451051977934],
  [9, 0.95, 2.262157162798205],
  [19, 0.95, 2.0930240544083087],
  [2, 0.99, 9.924843200918287],
  [9, 0.99, 3.249835541592126],
  [30, 0.9, 1.697260886593957],
] as const

describe('the t quantile', () => {
  it.each(known)('of %i degrees of freedom at level %f equals the table', (freedom, level, value) => {
    expect(Math.abs(tQuantile(freedom, level) / value - 1)).toBeLessThan(1e-12)
  })

  it('approaches the normal quantile', () => {
    expect(tQuantile(100000, 0.95)).toBeCloseTo(1.959964, 4)
  })

  it('refuses zero degrees of freedom', () => {
    expect(() => tQuantile(0, 0.95)).toThrow('freedom 0')
  })
})
