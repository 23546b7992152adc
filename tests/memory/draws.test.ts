import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { balanced } from '../../src/memory/balanced.js'
import { createGroupPasses } from '../../src/memory/groupPasses.js'
import { createPasses } from '../../src/memory/passes.js'
import { perClass } from '../../src/memory/perClass.js'
import { uniform } from '../../src/memory/uniform.js'
import { folded, key } from '../../src/random/key.js'

const labels = fc.array(fc.nat(4), { minLength: 1, maxLength: 60 }).map((xs) => Int32Array.from(xs))

describe('uniform', () => {
  it('picks different rows of the source, as many as there are', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 20 }), fc.nat(999), (size, n, seed) => {
        const picked = uniform(key(seed), size, n)
        expect(picked.length).toBe(Math.min(n, size))
        expect(new Set(picked).size).toBe(picked.length)
        expect(picked.every((i) => i < size)).toBe(true)
      }),
    )
  })
})

describe('perClass', () => {
  it('takes the same number of every class, where a class has so many, and never more than there is room for', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 9 }), fc.nat(60), fc.nat(999), (of, each, room, seed) => {
        const picked = perClass(key(seed), of, each, room)
        const whole = perClass(key(seed), of, each, 1000)
        expect(picked).toEqual(whole.slice(0, room))
        expect(new Set(whole).size).toBe(whole.length)
        for (const label of new Set(of)) {
          const stored = of.filter((l) => l === label).length
          expect(whole.filter((i) => of[i] === label).length).toBe(Math.min(each, stored))
        }
      }),
    )
  })
})

describe('balanced', () => {
  it('differs between classes by one row at most, also over several draws', () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5 }), (of, n, draws) => {
        const counts = new Map([...new Set(of)].map((label) => [label, 0]))
        for (let index = 0; index < draws; index++)
          for (const row of balanced(folded(key(1), index), of, n, index))
            counts.set(of[row] ?? -1, (counts.get(of[row] ?? -1) ?? 0) + 1)
        expect(Math.max(...counts.values()) - Math.min(...counts.values())).toBeLessThanOrEqual(1)
        expect([...counts.values()].reduce((a, b) => a + b, 0)).toBe(n * draws)
      }),
    )
  })

  it('is empty without rows', () => {
    expect(balanced(key(1), new Int32Array(0), 8, 0).length).toBe(0)
  })
})

describe('createPasses', () => {
  it('shows every row at most once in a pass, drops the batch that is not full, and does not depend on what was asked before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 12 }), fc.nat(3), (size, n, pass) => {
        const batches = Math.max(1, Math.floor(size / n))
        const passes = createPasses()
        const rows = Array.from({ length: batches }, (_, b) => [...passes(key(3), size, n, pass * batches + b)])
        expect(rows.every((batch) => batch.length === Math.min(n, size))).toBe(true)
        expect(new Set(rows.flat()).size).toBe(rows.flat().length)
        expect([...createPasses()(key(3), size, n, pass * batches)]).toEqual(rows[0])
      }),
    )
  })

  it('shuffles each pass anew', () => {
    const passes = createPasses()
    expect([...passes(key(3), 30, 30, 0)]).not.toEqual([...passes(key(3), 30, 30, 1)])
  })
})

describe('createGroupPasses', () => {
  it('takes equally many rows of every group', () => {
    const of = Int32Array.from({ length: 30 }, (_, i) => i % 3)
    const picked = createGroupPasses()(key(1), of, 4, 5)
    expect([0, 1, 2].map((g) => picked.filter((i) => of[i] === g).length)).toEqual([4, 4, 4])
    expect(new Set(picked).size).toBe(12)
  })
})
