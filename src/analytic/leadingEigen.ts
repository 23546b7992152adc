import { key } from '../random/key.js'
import { normals } from '../random/normals.js'
import { type Eigen, jacobi } from './jacobi.js'
import { timesRows, triangle } from './triangle.js'

/** Vectors that are carried beside those asked for: convergence then goes with the ratio to the first that is not carried. */
const spare = 10
const iterations = 300
/** Of the largest eigenvalue: residuals below it end the iteration. */
const tolerance = 1e-12

/** Orthonormalises the rows of `v` [m, n] in place, by modified Gram-Schmidt, twice; a row that depends on those before becomes 0. */
export const orthonormalise = (v: Float64Array, n: number): void => {
  for (let at = 0; at < v.length; at += n) {
    const before = norm(v, at, n)
    for (let pass = 0; pass < 2; pass++)
      for (let other = 0; other < at; other += n) addMultiple(v, at, v, other, n, -product(v, at, v, other, n))
    const length = norm(v, at, n)
    const factor = length > 1e-14 * before ? 1 / length : 0
    for (let k = 0; k < n; k++) v[at + k]! *= factor
  }
}

const product = (a: Float64Array, i: number, b: Float64Array, j: number, n: number): number => {
  let sum = 0
  for (let k = 0; k < n; k++) sum += a[i + k]! * b[j + k]!
  return sum
}

const norm = (a: Float64Array, i: number, n: number): number => Math.sqrt(product(a, i, a, i, n))

/** Adds `factor` times a row of `rows` to one of `out`. */
const addMultiple = (
  out: Float64Array,
  at: number,
  rows: Float64Array,
  other: number,
  n: number,
  factor: number,
): void => {
  for (let k = 0; k < n; k++) out[at + k]! += factor * rows[other + k]!
}

/** `by` [m, m] times `rows` [m, n]. */
const combined = (by: Float64Array, rows: Float64Array, m: number, n: number): Float64Array => {
  const out = new Float64Array(m * n)
  for (let i = 0; i < m; i++) for (let j = 0; j < m; j++) addMultiple(out, i * n, rows, j * n, n, by[i * m + j]!)
  return out
}

/**
 * The `rank` largest eigenvalues and their eigenvectors of a symmetric positive semidefinite [n, n] matrix given by its triangle: subspace
 * iteration from fixed random vectors with Rayleigh-Ritz, or all by `jacobi` when nearly all are asked for.
 * One iteration costs (rank + 10) n² multiply-accumulates and it ends when every residual is below 1e-12 of the largest eigenvalue, or
 * after 300. Where eigenvalues are equal the vectors are a basis of their space.
 * @source Golub & Van Loan, Matrix Computations, section 8.2.4.
 */
export const leadingEigen = (a: Float64Array, n: number, rank: number): Eigen => {
  const r = Math.min(rank, n)
  const m = r + spare
  const head = (e: Eigen): Eigen => ({ ...e, values: e.values.slice(0, r), vectors: e.vectors.slice(0, r * n) })
  if (m >= n / 2) return head(jacobi(a, n))
  let v: Float64Array = normals(key(0), m * n)
  let macs = 0
  for (let i = 0; ; i++) {
    orthonormalise(v, n)
    const av = timesRows(a, n, v)
    const small = new Float64Array(triangle(m))
    for (let p = 0; p < m; p++) for (let q = 0; q <= p; q++) small[triangle(p) + q] = product(v, p * n, av, q * n, n)
    const { values, vectors, macs: rotating } = jacobi(small, m)
    // orthonormalising 2 m² n, products with A m n², the small matrix m² n / 2, both combinations 2 m² n
    macs += m * n * (n + 4.5 * m) + rotating
    const image = combined(vectors, av, m, n)
    const basis = combined(vectors, v, m, n)
    if (i === iterations || converged(values, image, basis, r, n)) return head({ values, vectors: basis, macs })
    v = image
  }
}

/** Whether A v = value v holds for the first r, to the tolerance. */
const converged = (values: Float64Array, image: Float64Array, basis: Float64Array, r: number, n: number): boolean => {
  for (let p = 0; p < r; p++) {
    let squares = 0
    for (let k = 0; k < n; k++) {
      const rest = image[p * n + k]! - values[p]! * basis[p * n + k]!
      squares += rest * rest
    }
    if (Math.sqrt(squares) > tolerance * values[0]!) return false
  }
  return true
}
