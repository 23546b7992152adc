import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { policies } from '../../src/memory/policies.js'
import { ring } from '../../src/memory/ring.js'
import { createSlate } from '../../src/memory/slate.js'
import { key } from '../../src/random/key.js'
import { countsOf, heldBy, offers } from '../support/offers.js'

const all = [
  ...Object.entries(policies),
  ['ring by experience', ring('experience')],
  ['ring of 2', ring('class', 2)],
] as const

/** Streams in blocks of one label and well mixed ones, with what a buffer for them may be. */
const streams = fc.record({
  labels: fc.oneof(
    fc.array(fc.nat(4), { maxLength: 80 }),
    fc
      .array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 20 })), { maxLength: 8 })
      .map((blocks) => blocks.flatMap(([label, n]) => Array.from({ length: n }, () => label))),
  ),
  capacity: fc.nat(14),
  batch: fc.integer({ min: 1, max: 9 }),
  seed: fc.nat(1000),
})

describe.each(all)('the policy %s', (_, policy) => {
  it('never holds more rows than the capacity, none twice, and draws the same way twice', () => {
    fc.assert(
      fc.property(streams, ({ labels, ...buffer }) => {
        const stream = offers(labels, (row) => Math.floor(row / 20))
        const steps = heldBy(policy, buffer, stream)
        for (const held of steps) {
          expect(held.length).toBeLessThanOrEqual(buffer.capacity)
          expect(new Set(held).size).toBe(held.length)
        }
        expect(heldBy(policy, buffer, stream)).toEqual(steps)
      }),
    )
  })

  it('admits no row that was presented before', () => {
    const batch = { size: 3, labels: Int32Array.of(0, 1, 2), experiences: Int32Array.of(0, 0, 0) }
    const none = {
      size: 0,
      labels: new Int32Array(0),
      experiences: new Int32Array(0),
      capacity: 9,
      seen: 0,
      seenOf: [],
    }
    expect([...policy(key(1), none, { ...batch, first: Uint8Array.of(0, 1, 0) }).take]).toEqual([1])
  })
})

describe('class-balanced', () => {
  it('holds all rows of a class, or at most one less than of the largest', () => {
    fc.assert(
      fc.property(streams, ({ labels, ...buffer }) => {
        const stream = offers(labels)
        heldBy(policies['class-balanced'], buffer, stream).forEach((held, step) => {
          const offered = countsOf(stream.slice(0, (step + 1) * buffer.batch))
          const counts = countsOf(held)
          const most = Math.max(0, ...counts.values())
          if (held.length < buffer.capacity) expect(counts).toEqual(offered)
          else
            for (const [label, n] of offered)
              expect(counts.get(label) ?? 0).toBeGreaterThanOrEqual(Math.min(n, most - 1))
        })
      }),
    )
  })

  it('holds every row of a class with the same probability, whatever came between (chi-square, fixed keys)', () => {
    const labels = [0, 0, 0, 1, 0, 0, 1, 1, 0, 2, 0, 1, 0, 1, 0, 1, 2, 0]
    const counts = labels.map(() => 0)
    const runs = 4000
    for (let seed = 0; seed < runs; seed++)
      for (const { row } of heldBy(policies['class-balanced'], { seed, capacity: 6, batch: 4 }, offers(labels)).at(
        -1,
      ) ?? [])
        counts[row] = (counts[row] ?? 0) + 1
    for (const label of [0, 1]) {
      const own = counts.filter((_, row) => labels[row] === label)
      const mean = own.reduce((a, b) => a + b, 0) / own.length
      const chi2 = own.reduce((sum, n) => sum + (n - mean) ** 2 / mean, 0)
      // 9 and 5 degrees of freedom: 0.1 % points 27.9 and 20.5
      expect(chi2).toBeLessThan(label === 0 ? 27.9 : 20.5)
    }
    // both rows of the rare class are there in every run
    expect(counts.filter((_, row) => labels[row] === 2)).toEqual([runs, runs])
  })
})

describe('greedy-balanced', () => {
  it('gives every class its share, where the stream offered so many of it', () => {
    fc.assert(
      fc.property(streams, ({ labels, ...buffer }) => {
        const stream = offers(labels)
        heldBy(policies['greedy-balanced'], buffer, stream).forEach((held, step) => {
          const offered = countsOf(stream.slice(0, (step + 1) * buffer.batch))
          const counts = countsOf(held)
          const share = Math.floor(buffer.capacity / offered.size)
          for (const [label, n] of offered) expect(counts.get(label) ?? 0).toBeGreaterThanOrEqual(Math.min(n, share))
        })
      }),
    )
  })

  it('has counts that differ by one at most when every class came often enough, in blocks or mixed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 5, max: 23 }),
        fc.boolean(),
        fc.nat(99),
        (classes, capacity, mixed, seed) => {
          const each = capacity
          const labels = Array.from({ length: classes * each }, (_, i) => (mixed ? i % classes : Math.floor(i / each)))
          const held = heldBy(policies['greedy-balanced'], { seed, capacity, batch: 7 }, offers(labels)).at(-1) ?? []
          const counts = [...countsOf(held).values()]
          expect(counts.length).toBe(classes)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          expect(held.length).toBe(capacity)
        },
      ),
    )
  })
})

describe('a slate', () => {
  it('counts groups while rows come in, and names the lowest of the largest ones', () => {
    const slate = createSlate([3, 1, 1, 3, 2])
    expect([slate.size(), slate.largest(), slate.count(3), slate.count(9)]).toEqual([5, 1, 2, 0])
    slate.put(1, 3)
    slate.put(5, 2)
    expect([slate.size(), slate.largest(), slate.count(1)]).toEqual([6, 3, 1])
    expect([slate.slotOf(3, 0), slate.slotOf(3, 2), slate.slotOf(3, 3), slate.slotOf(1, 0)]).toEqual([0, 3, -1, 2])
    expect(createSlate([]).largest()).toBe(-1)
  })
})

describe('ring', () => {
  it.each([
    ['class', Number.POSITIVE_INFINITY],
    ['class', 3],
    ['experience', Number.POSITIVE_INFINITY],
  ] as const)('holds the newest rows of each %s, %d at most, in the order in which they came', (by, each) => {
    fc.assert(
      fc.property(streams, ({ labels, ...buffer }) => {
        const stream = offers(labels, (row) => Math.floor(row / 20))
        const group = (row: (typeof stream)[number]): number => (by === 'class' ? row.label : row.experience)
        let shrunk = Number.POSITIVE_INFINITY
        heldBy(ring(by, each), buffer, stream).forEach((held, step) => {
          const offered = stream.slice(0, (step + 1) * buffer.batch)
          const groups = [...new Set(offered.map(group))]
          shrunk = Math.min(shrunk, each, Math.floor(buffer.capacity / groups.length))
          const newest = groups.flatMap((g) => {
            const own = offered.filter((row) => group(row) === g)
            return own.slice(Math.max(0, own.length - shrunk))
          })
          expect(held).toEqual(newest.toSorted((a, b) => a.row - b.row))
        })
      }),
    )
  })
})
