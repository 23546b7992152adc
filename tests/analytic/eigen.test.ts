import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Eigen, jacobi } from '../../src/analytic/jacobi.js'
import { leadingEigen, orthonormalise } from '../../src/analytic/leadingEigen.js'
import { addProducts, timesRows, triangle } from '../../src/analytic/triangle.js'
import { key } from '../../src/random/key.js'
import { normals } from '../../src/random/normals.js'
import { apart, grid } from '../support/rows.js'

/** Inner products of all pairs of rows [m, n]: [m, m]. */
const products = (rows: Float64Array, n: number): readonly number[] => {
  const m = rows.length / n
  const row = (i: number): Float64Array => rows.subarray(i * n, (i + 1) * n)
  return Array.from({ length: m * m }, (_, e) =>
    row(Math.floor(e / m)).reduce((sum, v, k) => sum + v * row(e % m)[k]!, 0),
  )
}
const identity = (m: number): readonly number[] =>
  Array.from({ length: m * m }, (_, e) => (e % m === Math.floor(e / m) ? 1 : 0))

/** How far A v is from value v, relative to the largest eigenvalue. */
const residual = (a: Float64Array, n: number, { values, vectors }: Eigen): number => {
  const image = timesRows(a, n, vectors)
  const scale = values.reduce((p, q) => Math.max(p, Math.abs(q)), 1e-300)
  return image.reduce((w, v, e) => Math.max(w, Math.abs(v - values[Math.floor(e / n)]! * vectors[e]!)), 0) / scale
}

/** V diag(values) Vᵀ of random orthonormal V, as a triangle. */
const planted = (values: readonly number[], n: number) => {
  const vectors = normals(key(3), values.length * n)
  orthonormalise(vectors, n)
  const a = new Float64Array(triangle(n))
  addProducts(a, n, vectors, Float64Array.from(values))
  return { a, vectors }
}

describe('jacobi', () => {
  it('finds 3 and 1 in [[2, 1], [1, 2]], along the diagonals', () => {
    const { values, vectors } = jacobi(Float64Array.of(2, 1, 2), 2)
    expect(apart(values, [3, 1])).toBeLessThan(1e-15)
    expect(apart(vectors.map(Math.abs), new Array(4).fill(Math.SQRT1_2))).toBeLessThan(1e-15)
    expect(vectors[2]! * vectors[3]!).toBeLessThan(0)
  })

  it('finds 2 - 2 cos(pi k / (n + 1)) in the second difference of n points', () => {
    const n = 9
    const a = Float64Array.from({ length: triangle(n) }, () => 0)
    for (let i = 0; i < n; i++) {
      a[triangle(i) + i] = 2
      if (i > 0) a[triangle(i) + i - 1] = -1
    }
    const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)))
    expect(apart(jacobi(a, n).values, wanted)).toBeLessThan(1e-14)
  })

  it('for every symmetric matrix, gives orthonormal vectors, falling values and no residual', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }).chain((n) => fc.array(grid, { minLength: triangle(n), maxLength: triangle(n) })),
        (numbers) => {
          const n = Math.floor(Math.sqrt(2 * numbers.length))
          const a = Float64Array.from(numbers)
          const found = jacobi(a, n)
          expect(apart(products(found.vectors, n), identity(n))).toBeLessThan(1e-14)
          expect(residual(a, n, found)).toBeLessThan(1e-13)
          expect([...found.values]).toEqual([...found.values].sort((p, q) => q - p))
        },
      ),
    )
  })
})

describe('the leading eigenvectors', () => {
  const values = [40, 39, 20, 5, 1, 0.5, 0.25, ...new Array<number>(40).fill(0.125)]

  it('of a planted matrix are those planted, up to sign: values to 1e-12, vectors to 1e-9', () => {
    const { a, vectors } = planted(values, 60)
    const found = leadingEigen(a, 60, 5)
    expect(apart(found.values, values.slice(0, 5))).toBeLessThan(1e-12)
    const signed = found.vectors.map((v, e) => {
      const from = Math.floor(e / 60) * 60
      const along = found.vectors.subarray(from, from + 60).reduce((sum, w, k) => sum + w * vectors[from + k]!, 0)
      return along < 0 ? -v : v
    })
    expect(apart(signed, vectors.subarray(0, 300))).toBeLessThan(1e-9)
  })

  it('are the first of all of them, whichever way they are found', () => {
    const { a } = planted(values, 60)
    const all = jacobi(a, 60)
    for (const rank of [1, 4, 20, 25, 60, 80]) {
      const found = leadingEigen(a, 60, rank)
      expect(found.values.length).toBe(Math.min(rank, 60))
      expect(apart(found.values, all.values.subarray(0, rank))).toBeLessThan(1e-11)
      expect(apart(products(found.vectors, 60), identity(Math.min(rank, 60)))).toBeLessThan(1e-11)
      expect(residual(a, 60, found)).toBeLessThan(1e-11)
    }
  })

  it('of nothing are of length 1 or 0, with values 0', () => {
    const found = leadingEigen(new Float64Array(triangle(40)), 40, 3)
    expect([...found.values]).toEqual([0, 0, 0])
    expect([...found.vectors].every(Number.isFinite)).toBe(true)
  })

  it('where the rank of the matrix is smaller than asked for have values 0', () => {
    const { a } = planted([3, 2], 40)
    const found = leadingEigen(a, 40, 4)
    expect(apart(found.values, [3, 2, 0, 0])).toBeLessThan(1e-13)
    expect(residual(a, 40, found)).toBeLessThan(1e-13)
  })
})
