/**
 * Ridge regression of one-hot targets on features h: the minimiser B of ‖H B − Y‖² + λ ‖B‖², from sums over all rows or row by row. It is the
 * same for every order of the rows. B and Q are kept as rows of classes, [classes, width].
 */
import { cholesky, solve } from './cholesky.js'
import type { Labelled } from './classMeans.js'
import { addProducts, scaledIdentity, shifted, timesRows, triangle } from './triangle.js'

/** Sums over rows: all zeros when nothing was seen. */
export interface Moments {
  /** Triangle of [width, width]: G = Hᵀ H. */
  readonly gram: Float64Array
  /** [classes, width]: Q = Yᵀ H. */
  readonly products: Float64Array
}

/** Adds rows to the sums, in place. */
export const addToMoments = ({ gram, products }: Moments, { width, values, labels }: Labelled): void => {
  labels.forEach((label, row) => {
    for (let k = 0; k < width; k++) products[label * width + k]! += values[row * width + k]!
  })
  addProducts(gram, width, values, new Float64Array(labels.length).fill(1))
}

/** B = Q (G + λ I)⁻¹, [classes, width]. λ > 0. */
export const ridge = ({ gram, products }: Moments, width: number, lambda: number): Float64Array => {
  const factor = cholesky(shifted(gram, width, 1, lambda), width)
  if (factor === undefined) throw new Error(`ridge: lambda ${lambda} is too small for these features`)
  return solve(factor, width, products)
}

/** What the recursive form keeps. */
export interface Recursion {
  /** Triangle of [width, width]: R = (G + λ I)⁻¹. All zeros: nothing seen, R is I / λ. */
  readonly inverse: Float64Array
  /** [classes, width] */
  readonly weights: Float64Array
}

/**
 * Learns rows, in place: R ← R − R Hᵀ (I + H R Hᵀ)⁻¹ H R, then B ← B + (Y − H B) R Hᵀ. m rows cost about 3/2 m width² + m² width.
 * @source Zhuang et al. 2022 (ACIL), equations 9 to 12: Woodbury's identity on a batch of rows.
 */
export const addToRecursion = ({ inverse, weights }: Recursion, rows: Labelled, lambda: number): void => {
  const { width, values, labels } = rows
  const m = labels.length
  if (m === 0) return
  if (inverse[0] === 0) inverse.set(scaledIdentity(width, 1 / lambda))
  const image = timesRows(inverse, width, values)
  // I + H R Hᵀ = L Lᵀ, so that what is taken from R is the sum of the outer products of the rows of L⁻¹ H R
  const inner = new Float64Array(triangle(m))
  let at = 0
  for (let p = 0; p < m; p++)
    for (let q = 0; q <= p; q++) inner[at++] = (p === q ? 1 : 0) + product(values, p, image, q, width)
  const factor = cholesky(inner, m)
  if (factor === undefined) throw new Error(`ridge: lambda ${lambda} is too small for these features`)
  addProducts(inverse, width, whitened(factor, m, image, width), new Float64Array(m).fill(-1))
  // R Hᵀ with the new R is (old R) Hᵀ (I + H R Hᵀ)⁻¹: what each row's error is spread by
  const classes = weights.length / width
  const errors = new Float64Array(classes * m)
  for (let c = 0; c < classes; c++)
    for (let p = 0; p < m; p++) errors[c * m + p] = (labels[p] === c ? 1 : 0) - product(weights, c, values, p, width)
  const spread = solve(factor, m, errors)
  for (let c = 0; c < classes; c++)
    for (let p = 0; p < m; p++) {
      const by = spread[c * m + p]!
      for (let k = 0; k < width; k++) weights[c * width + k]! += by * image[p * width + k]!
    }
}

const product = (a: Float64Array, i: number, b: Float64Array, j: number, width: number): number => {
  let sum = 0
  for (let k = 0; k < width; k++) sum += a[i * width + k]! * b[j * width + k]!
  return sum
}

/** L⁻¹ `rows`, L the triangle of [m, m] and `rows` [m, width]. */
const whitened = (l: Float64Array, m: number, rows: Float64Array, width: number): Float64Array => {
  const out = rows.slice()
  let at = 0
  for (let p = 0; p < m; p++) {
    for (let q = 0; q < p; q++) {
      const by = l[at++]!
      for (let k = 0; k < width; k++) out[p * width + k]! -= by * out[q * width + k]!
    }
    const length = l[at++]!
    for (let k = 0; k < width; k++) out[p * width + k]! /= length
  }
  return out
}
