import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reservoir } from '../../src/memory/reservoir.js'
import { folded, key } from '../../src/random/key.js'

/** Offers rows 0 .. rows-1 in batches; which row each slot holds at the end. */
const held = (seed: number, capacity: number, rows: number, batch: number): number[] => {
  const slots: number[] = []
  for (let from = 0, step = 0; from < rows; from += batch, step++) {
    const n = Math.min(batch, rows - from)
    const writes = reservoir(folded(key(seed), step), capacity, from, new Uint8Array(n).fill(1))
    writes.slots.forEach((slot, i) => {
      expect(slot).toBeLessThanOrEqual(slots.length)
      slots[slot] = from + (writes.take[i] ?? 0)
    })
  }
  return slots
}

describe('reservoir', () => {
  it('for every stream, never holds more rows than its capacity, and all of them when they fit', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(60),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(1000),
        (capacity, rows, batch, seed) => {
          const slots = held(seed, capacity, rows, batch)
          expect(slots.length).toBe(Math.min(capacity, rows))
          expect(new Set(slots).size).toBe(slots.length)
          if (rows <= capacity) expect(slots).toEqual(Array.from({ length: rows }, (_, i) => i))
        },
      ),
    )
  })

  it('holds every row of a stream with the same probability (chi-square, fixed keys)', () => {
    const [capacity, rows, runs] = [2, 8, 4000]
    const counts = new Float64Array(rows)
    for (let seed = 0; seed < runs; seed++) for (const row of held(seed, capacity, rows, 3)) counts[row]! += 1
    const expected = (runs * capacity) / rows
    const chi2 = counts.reduce((s, c) => s + (c - expected) ** 2 / expected, 0)
    // 7 degrees of freedom: 0.1 % point 24.3 (counts are negatively correlated, so the true point is lower)
    expect(chi2).toBeLessThan(24.3)
  })

  it('does not offer rows again that were presented before', () => {
    const writes = reservoir(key(1), 10, 3, Uint8Array.from([0, 1, 0, 1]))
    expect([...writes.take]).toEqual([1, 3])
    expect([...writes.slots]).toEqual([3, 4])
  })
})
