import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integers, permutation, sample, uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

/** Pearson's statistic against equal frequencies. */
const chiSquare = (counts: readonly number[]): number => {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}

const tally = (values: Iterable<number>, bins: number): readonly number[] => {
  const counts = new Array<number>(bins).fill(0)
  for (const v of values) counts[v]!++
  return counts
}

const anyKey = fc.nat().map(key)

describe('draws', () => {
  it('for every key, uniforms are in [0, 1) and a shorter draw is a prefix of a longer one', () => {
    fc.assert(
      fc.property(anyKey, fc.nat({ max: 50 }), fc.nat({ max: 50 }), (k, n, more) => {
        const long = uniforms(k, n + more)
        expect(long.every((u) => u >= 0 && u < 1)).toBe(true)
        expect([...uniforms(k, n)]).toEqual([...long.slice(0, n)])
      }),
    )
  })

  it('uniforms fill ten bins evenly (chi-square, 9 degrees of freedom, p = 0.001)', () => {
    const bins = Array.from(uniforms(named(key(1), 'uniforms'), 50_000), (u) => Math.floor(u * 10))
    expect(chiSquare(tally(bins, 10))).toBeLessThan(27.88)
  })

  it('integers are even over their range, also where most words are redrawn (p = 0.001)', () => {
    expect(chiSquare(tally(integers(named(key(1), 'small'), 50_000, 10), 10))).toBeLessThan(27.88)
    const bound = 3 * 2 ** 29
    const thirds = Array.from(integers(named(key(1), 'large'), 30_000, bound), (n) => Math.floor(n / 2 ** 29))
    expect(chiSquare(tally(thirds, 3))).toBeLessThan(13.82)
  })

  it('for every key and size, a permutation is a bijection and a sample is its beginning', () => {
    fc.assert(
      fc.property(anyKey, fc.integer({ min: 0, max: 200 }), fc.nat({ max: 200 }), (k, n, some) => {
        const whole = permutation(k, n)
        expect([...whole].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
        const take = Math.min(some, n)
        expect([...sample(k, n, take)]).toEqual([...whole.slice(0, take)])
      }),
    )
  })

  it('all 24 permutations of four things are equally likely (23 degrees of freedom, p = 0.001)', () => {
    const seen = new Map<string, number>()
    for (let i = 0; i < 9600; i++) {
      const order = permutation(folded(key(3), i), 4).join()
      seen.set(order, (seen.get(order) ?? 0) + 1)
    }
    expect(seen.size).toBe(24)
    expect(chiSquare([...seen.values()])).toBeLessThan(49.73)
  })

  it('are the same on every machine', () => {
    expect([...integers(key(2), 5, 1000)]).toEqual([780, 813, 391, 80, 444])
    expect([...permutation(key(2), 10)]).toEqual([0, 7, 9, 2, 6, 3, 8, 4, 1, 5])
  })

  it('refuse what cannot be drawn', () => {
    expect(() => sample(key(0), 3, 4)).toThrow('cannot take 4 of 3')
    expect(() => integers(key(0), 1, 0)).toThrow('bound')
    expect(() => uniforms(key(0), -1)).toThrow('uniforms')
  })
})
