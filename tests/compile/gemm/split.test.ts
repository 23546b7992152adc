import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, rowGroups } from '../../../src/compile/gemm/split.js'

describe('cutting a product into tiles', () => {
  it('covers every column once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (width) => {
        const columns = partsOf(width).flatMap(({ lanes, offset }) =>
          Array.from({ length: lanes }, (_, lane) => offset / 4 + lane),
        )
        expect(columns).toEqual(Array.from({ length: width }, (_, i) => i))
      }),
    )
  })

  it('covers every row once, with tiles whose registers fit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 3 }), (m, vectors) => {
        const groups = rowGroups(m, vectors)
        const covered = groups.flatMap(({ first, count, rows }) =>
          Array.from({ length: count * rows }, (_, i) => first + i),
        )
        expect(covered).toEqual(Array.from({ length: m }, (_, i) => i))
        for (const { rows } of groups) expect(rows * vectors + vectors + 2).toBeLessThanOrEqual(15)
      }),
    )
  })

  it('makes tiles of nearly equal height', () => {
    expect(rowGroups(16, 2)).toEqual([{ first: 0, count: 4, rows: 4 }])
    expect(rowGroups(128, 2)).toEqual([
      { first: 0, count: 24, rows: 5 },
      { first: 120, count: 2, rows: 4 },
    ])
  })
})
