/**
 * Symmetric matrices as their lower triangle, row after row: element (i, j), j <= i, of a [n, n] matrix is at i (i + 1) / 2 + j. It is
 * half the memory, and every row is contiguous.
 */

/** Numbers in the triangle of a [n, n] matrix. */
export const triangle = (n: number): number => (n * (n + 1)) / 2

/** The triangle of `factor` times the identity [n, n]. */
export const scaledIdentity = (n: number, factor: number): Float64Array => {
  const a = new Float64Array(triangle(n))
  for (let i = 0; i < n; i++) a[triangle(i) + i] = factor
  return a
}

/** `scale` a + `shift` I, as a new triangle of a [n, n] matrix. */
export const shifted = (a: Float64Array, n: number, scale: number, shift: number): Float64Array => {
  const out = a.map((v) => scale * v)
  for (let i = 0; i < n; i++) out[triangle(i) + i]! += shift
  return out
}

/** Sum of the diagonal of a triangle of a [n, n] matrix. */
export const trace = (a: Float64Array, n: number): number => {
  let total = 0
  for (let i = 0; i < n; i++) total += a[triangle(i) + i]!
  return total
}

/** Rows that are taken together: each element of the triangle is then read and written once for all of them. */
const together = 8

/**
 * Adds sum_k weights[k] x_k x_kᵀ to the triangle `into` of a [n, n] matrix, in place. `rows` [m, n], `weights` [m]. Costs m n (n + 1) / 2
 * multiply-accumulates at most: where all of some rows that are taken together are 0 in a column, that row of the triangle is left alone.
 */
export const addProducts = (into: Float64Array, n: number, rows: Float64Array, weights: Float64Array): void => {
  const m = weights.length
  const x = new Float64Array(together * n)
  for (let from = 0; from < m; from += together) {
    const some = Math.min(together, m - from)
    x.set(rows.subarray(from * n, (from + some) * n))
    // rows that are missing weigh nothing
    const w = (k: number): number => (k < some ? weights[from + k]! : 0)
    const [w0, w1, w2, w3, w4, w5, w6, w7] = [w(0), w(1), w(2), w(3), w(4), w(5), w(6), w(7)]
    for (let i = 0; i < n; i++) {
      const a0 = w0 * x[i]!
      const a1 = w1 * x[n + i]!
      const a2 = w2 * x[2 * n + i]!
      const a3 = w3 * x[3 * n + i]!
      const a4 = w4 * x[4 * n + i]!
      const a5 = w5 * x[5 * n + i]!
      const a6 = w6 * x[6 * n + i]!
      const a7 = w7 * x[7 * n + i]!
      if (a0 === 0 && a1 === 0 && a2 === 0 && a3 === 0 && a4 === 0 && a5 === 0 && a6 === 0 && a7 === 0) continue
      const row = triangle(i)
      for (let j = 0; j <= i; j++) {
        into[row + j]! +=
          a0 * x[j]! +
          a1 * x[n + j]! +
          a2 * x[2 * n + j]! +
          a3 * x[3 * n + j]! +
          a4 * x[4 * n + j]! +
          a5 * x[5 * n + j]! +
          a6 * x[6 * n + j]! +
          a7 * x[7 * n + j]!
      }
    }
  }
}

/** A x for each row x of `rows` [m, n], A given by its triangle: [m, n], m n² multiply-accumulates. */
export const timesRows = (a: Float64Array, n: number, rows: Float64Array): Float64Array => {
  const out = new Float64Array(rows.length)
  for (let from = 0; from < rows.length; from += n) {
    for (let i = 0; i < n; i++) {
      const row = triangle(i)
      const xi = rows[from + i]!
      let sum = a[row + i]! * xi
      for (let j = 0; j < i; j++) {
        const v = a[row + j]!
        sum += v * rows[from + j]!
        out[from + j]! += v * xi
      }
      out[from + i]! += sum
    }
  }
  return out
}
