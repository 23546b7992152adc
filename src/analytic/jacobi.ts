import { triangle } from './triangle.js'

/** Eigenvalues of a symmetric matrix, largest first, and their eigenvectors of length 1 as rows [values.length, n]. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
  /** Multiply-accumulates that it took to find them. */
  readonly macs: number
}

const sweeps = 60

/**
 * All eigenvalues and eigenvectors of a symmetric [n, n] matrix given by its triangle, by cyclic rotations: for small n, since a sweep costs
 * up to 6 n³ multiply-accumulates. Backward stable: the residual is at rounding of the largest eigenvalue.
 * @source Golub & Van Loan, Matrix Computations, algorithm 8.5.2.
 */
export const jacobi = (a: Float64Array, n: number): Eigen => {
  const m = new Float64Array(n * n)
  const v = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    v[i * n + i] = 1
    for (let j = 0; j <= i; j++) m[i * n + j] = m[j * n + i] = a[triangle(i) + j]!
  }
  let rotations = 0
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const rotated = rotateAll(m, v, n)
    rotations += rotated
    if (rotated === 0) break
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => m[j * n + j]! - m[i * n + i]! || i - j)
  const vectors = new Float64Array(n * n)
  order.forEach((from, to) => vectors.set(v.subarray(from * n, (from + 1) * n), to * n))
  return { values: Float64Array.from(order, (i) => m[i * n + i]!), vectors, macs: 12 * n * rotations }
}

/** One sweep over all pairs: how many elements were still large enough to be rotated away. */
const rotateAll = (m: Float64Array, v: Float64Array, n: number): number => {
  let rotated = 0
  for (let p = 0; p < n; p++)
    for (let q = p + 1; q < n; q++) {
      const off = m[p * n + q]!
      // below half a unit in the last place of the smaller diagonal element nothing would change
      if (Math.abs(off) <= 2 ** -54 * Math.sqrt(Math.abs(m[p * n + p]!)) * Math.sqrt(Math.abs(m[q * n + q]!))) continue
      if (Math.abs(off) < 1e-290) continue
      rotated++
      const theta = (m[q * n + q]! - m[p * n + p]!) / (2 * off)
      const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
      const c = 1 / Math.sqrt(t * t + 1)
      const s = t * c
      for (let k = 0; k < n; k++) {
        const [kp, kq] = [m[k * n + p]!, m[k * n + q]!]
        m[k * n + p] = c * kp - s * kq
        m[k * n + q] = s * kp + c * kq
      }
      rotateRows(m, p * n, q * n, n, c, s)
      rotateRows(v, p * n, q * n, n, c, s)
      m[p * n + q] = 0
      m[q * n + p] = 0
    }
  return rotated
}

const rotateRows = (m: Float64Array, p: number, q: number, n: number, c: number, s: number): void => {
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [m[p + k]!, m[q + k]!]
    m[p + k] = c * pk - s * qk
    m[q + k] = s * pk + c * qk
  }
}
