import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cholesky, solve, solveLower } from '../../src/analytic/cholesky.js'
import { addProducts, scaledIdentity, shifted, timesRows, trace, triangle } from '../../src/analytic/triangle.js'
import { apart, grid } from '../support/rows.js'

/** Element (i, j) of a triangle. */
const at = (a: Float64Array, i: number, j: number): number => a[triangle(Math.max(i, j)) + Math.min(i, j)]!

const matrices = fc.nat(11).chain((n) =>
  fc.record({
    n: fc.constant(n + 1),
    rows: fc.array(grid, { minLength: 19 * (n + 1), maxLength: 19 * (n + 1) }),
    m: fc.integer({ min: 1, max: 19 }),
  }),
)

describe('triangles', () => {
  it('for every matrix, sums of weighted outer products equal those written out', () => {
    fc.assert(
      fc.property(matrices, fc.array(grid, { minLength: 19, maxLength: 19 }), ({ n, m, rows }, weights) => {
        const sum = scaledIdentity(n, 2)
        addProducts(sum, n, Float64Array.from(rows.slice(0, m * n)), Float64Array.from(weights.slice(0, m)))
        const wanted = Array.from({ length: n }, (_, i) =>
          Array.from({ length: i + 1 }, (_, j) =>
            weights.slice(0, m).reduce((s, w, k) => s + w * rows[k * n + i]! * rows[k * n + j]!, i === j ? 2 : 0),
          ),
        ).flat()
        expect(apart(sum, wanted)).toBeLessThan(1e-14)
      }),
    )
  })

  it('for every matrix, products with rows are those of the whole matrix', () => {
    fc.assert(
      fc.property(matrices, ({ n, m, rows }) => {
        const a = Float64Array.from(rows.slice(0, triangle(n)).concat(new Array(triangle(n)).fill(0.5))).slice(
          0,
          triangle(n),
        )
        const x = rows.slice(0, m * n)
        const wanted = x.map((_, e) =>
          Array.from({ length: n }, (_, j) => at(a, e % n, j) * x[Math.floor(e / n) * n + j]!).reduce(
            (p, q) => p + q,
            0,
          ),
        )
        expect(apart(timesRows(a, n, Float64Array.from(x)), wanted)).toBeLessThan(1e-14)
      }),
    )
  })

  it('are scaled and shifted along the diagonal, which sums to the trace', () => {
    expect([...shifted(Float64Array.of(1, 2, 3), 2, 10, 5)]).toEqual([15, 20, 35])
    expect(trace(Float64Array.of(1, 2, 3), 2)).toBe(4)
    expect([...scaledIdentity(3, 7)]).toEqual([7, 0, 7, 0, 0, 7])
  })
})

describe('cholesky', () => {
  it('of [[4, 2, 2], [2, 10, 4], [2, 4, 18]] is [[2], [1, 3], [1, 1, 4]]', () => {
    expect([...(cholesky(Float64Array.of(4, 2, 10, 2, 4, 18), 3) ?? [])]).toEqual([2, 1, 3, 1, 1, 4])
  })

  it('does not exist where a matrix is not positive definite', () => {
    expect(cholesky(Float64Array.of(0), 1)).toBeUndefined()
    expect(cholesky(Float64Array.of(1, 2, 4), 2)).toBeUndefined()
    expect(cholesky(Float64Array.of(1, 3, 4), 2)).toBeUndefined()
    expect(cholesky(Float64Array.of(Number.NaN), 1)).toBeUndefined()
  })

  it('for every positive definite matrix, multiplies back to it and solves it', () => {
    fc.assert(
      fc.property(matrices, ({ n, m, rows }) => {
        const a = scaledIdentity(n, 1)
        addProducts(a, n, Float64Array.from(rows.slice(0, m * n)), new Float64Array(m).fill(1))
        const l = cholesky(a, n) ?? new Float64Array()
        const low = (i: number, j: number): number => (j > i ? 0 : l[triangle(i) + j]!)
        const back = Array.from({ length: n }, (_, i) =>
          Array.from({ length: i + 1 }, (_, j) =>
            Array.from({ length: n }, (_, k) => low(i, k) * low(j, k)).reduce((p, q) => p + q, 0),
          ),
        ).flat()
        expect(apart(back, a)).toBeLessThan(1e-14)
        const b = Float64Array.from(rows.slice(0, 2 * n))
        expect(apart(timesRows(a, n, solve(l, n, b)), b)).toBeLessThan(1e-11)
        const half = solveLower(l, n, b)
        const again = half.map((_, e) =>
          Array.from({ length: n }, (_, k) => low(e % n, k) * half[Math.floor(e / n) * n + k]!).reduce(
            (p, q) => p + q,
            0,
          ),
        )
        expect(apart(again, b)).toBeLessThan(1e-12)
      }),
    )
  })
})
