import { describe, expect, it } from 'vitest'
import { key } from '../../src/random/key.js'
import { normalQuantile, normals } from '../../src/random/normals.js'

describe('normalQuantile', () => {
  it('equals statistics.NormalDist().inv_cdf of Python 3.11, to the last digits', () => {
    // python3 -c "from statistics import NormalDist as N; print([N().inv_cdf(p) for p in (2**-36, 2**-33, 2**-20, 0.01, 0.0749, 0.0751, 0.3, 0.49999, 0.8, 0.975, 1-2**-33)])"
    const known: readonly (readonly [number, number])[] = [
      [2 ** -36, -6.651035379893009],
      [2 ** -33, -6.337957754553789],
      [2 ** -20, -4.7630010342678135],
      [0.01, -2.3263478740408408],
      [0.0749, -1.4402382675279632],
      [0.0751, -1.4388253927525398],
      [0.3, -0.5244005127080407],
      [0.49999, -2.506628274896002e-5],
      [0.8, 0.8416212335729144],
      [0.975, 1.9599639845400536],
      [1 - 2 ** -33, 6.337957754553789],
    ]
    for (const [p, x] of known) expect(Math.abs(normalQuantile(p) / x - 1)).toBeLessThan(1e-15)
  })
  it('is odd around one half, to the bit where both sides are exact', () => {
    for (let i = 1; i < 2 ** 12; i++) {
      const p = (i - 0.5) * 2 ** -13
      expect(normalQuantile(1 - p)).toBe(-normalQuantile(p))
    }
  })
  it('rises, across the place where its two formulas meet too', () => {
    for (const from of [0.01, 0.075 - 2e-6, 0.4]) {
      for (let i = 0; i < 4000; i++) {
        const p = from + i * 1e-9
        expect(normalQuantile(p + 1e-9)).toBeGreaterThan(normalQuantile(p))
      }
    }
  })
})

describe('normal draws', () => {
  it('stand for the middles of the words: NormalDist().inv_cdf((w + 1/2) / 2**32) of Threefry written anew in Python', () => {
    const known = [0.5357771968119238, 0.2263249971679699, -1.5742488427441301, -0.923746260815411]
    normals(key(1), 4).forEach((z, i) => expect(Math.abs(z / known[i]! - 1)).toBeLessThan(1e-14))
  })
  it('have the moments of a standard normal', () => {
    const z = normals(key(3), 100_000)
    const mean = (f: (x: number) => number) => z.reduce((acc, x) => acc + f(x), 0) / z.length
    // four standard errors of each
    expect(Math.abs(mean((x) => x))).toBeLessThan(4 / Math.sqrt(z.length))
    expect(Math.abs(mean((x) => x * x) - 1)).toBeLessThan(4 * Math.sqrt(2 / z.length))
    expect(Math.abs(mean((x) => x ** 3))).toBeLessThan(4 * Math.sqrt(15 / z.length))
    expect(Math.abs(mean((x) => x ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / z.length))
  })
  it('are finite and never 0, the same for the same key, and a shorter request is a prefix', () => {
    const z = normals(key(4), 1001)
    expect(z.every((x) => Number.isFinite(x) && x !== 0 && Math.abs(x) < 6.34)).toBe(true)
    expect(normals(key(4), 1001)).toEqual(z)
    expect(normals(key(4), 10)).toEqual(z.slice(0, 10))
    expect(normals(key(5), 10)).not.toEqual(z.slice(0, 10))
  })
})
