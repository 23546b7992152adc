import { logarithm } from '../random/logarithm.js'
import { leadingEigen } from './leadingEigen.js'
import { addProducts, trace, triangle } from './triangle.js'

/** A Gaussian with its own variance along `rank` directions and one variance along all others. */
export interface LowRankGaussian {
  /** Rows that it describes. */
  readonly count: number
  /** [width] */
  readonly mean: Float64Array
  /** [rank, width], of length 1 and at right angles. */
  readonly directions: Float64Array
  /** [rank]: variance along each. */
  readonly variances: Float64Array
  /** Variance along every other direction. */
  readonly residual: number
}

/**
 * `number` a: variances are the eigenvalues of the rows' covariance plus a, and a elsewhere. `estimated`: variances are the eigenvalues, and
 * elsewhere the mean of those left out, both at least `smallest`: the most likely probabilistic principal components.
 * @source Tipping & Bishop 1999, equations 7 and 8, for `estimated`.
 */
export type Residual = number | 'estimated'

/** A description, and the multiply-accumulates that it took to find it. */
export interface Described {
  readonly gaussian: LowRankGaussian
  readonly macs: number
}

const smallest = 1e-4

/**
 * The Gaussian of `count` >= 1 rows with `mean` [width] and `scatter`, the triangle of the sum of (x − mean)(x − mean)ᵀ.
 * A rank above the width is the width.
 */
export const describe = (
  count: number,
  mean: Float64Array,
  scatter: Float64Array,
  rank: number,
  residual: Residual,
): Described => {
  const width = mean.length
  const { values, vectors, macs } = leadingEigen(scatter, width, rank)
  const along = values.map((v) => Math.max(0, v / count))
  const left = width - along.length
  const rest = trace(scatter, width) / count - along.reduce((a, b) => a + b, 0)
  const elsewhere = residual !== 'estimated' ? residual : Math.max(smallest, left > 0 ? rest / left : 0)
  const variances = along.map((v) => (residual === 'estimated' ? Math.max(elsewhere, v) : v + elsewhere))
  return { gaussian: { count, mean, directions: vectors, variances, residual: elsewhere }, macs }
}

/**
 * The scatter that a description stands for, the triangle of [width, width]: count (V diag(s) Vᵀ + a (I − V Vᵀ)), less the a of every
 * direction where it was added to the rows' covariance.
 */
export const scatterOf = (g: LowRankGaussian, residual: Residual): Float64Array => {
  const width = g.mean.length
  const everywhere = residual === 'estimated' ? g.residual : 0
  const out = new Float64Array(triangle(width))
  for (let i = 0; i < width; i++) out[triangle(i) + i] = g.count * everywhere
  addProducts(
    out,
    width,
    g.directions,
    g.variances.map((s) => g.count * (s - g.residual)),
  )
  return out
}

/** log p(x), nats, with its constant −width log(2π) / 2 left out. */
export const logDensity = (g: LowRankGaussian, x: ArrayLike<number>): number => {
  const width = g.mean.length
  let rest = 0
  for (let k = 0; k < width; k++) rest += (x[k]! - g.mean[k]!) * (x[k]! - g.mean[k]!)
  let distance = 0
  g.variances.forEach((s, r) => {
    let along = 0
    for (let k = 0; k < width; k++) along += g.directions[r * width + k]! * (x[k]! - g.mean[k]!)
    rest -= along * along
    distance += (along * along) / s
  })
  // no direction is left at full rank, whatever rounding leaves of the length
  if (g.variances.length < width) distance += Math.max(0, rest) / g.residual
  return -(distance + logDeterminant(g)) / 2
}

/** Logarithm of the determinant of the covariance. */
export const logDeterminant = (g: LowRankGaussian): number =>
  g.variances.reduce((sum, s) => sum + logarithm(s), 0) + (g.mean.length - g.variances.length) * logarithm(g.residual)

/** Rows of one class as they are: `scatter` is the triangle of the sum of (x − mean)(x − mean)ᵀ. */
export interface Scattered {
  readonly count: number
  readonly mean: Float64Array
  readonly scatter: Float64Array
}

/** `describe` for the rows of a description and `more` of them together: exact but for what the description left out. */
export const extended = (g: LowRankGaussian, more: Scattered, rank: number, residual: Residual): Described => {
  const count = g.count + more.count
  const scatter = scatterOf(g, residual)
  more.scatter.forEach((v, i) => (scatter[i]! += v))
  const apart = more.mean.map((v, k) => v - g.mean[k]!)
  addProducts(scatter, apart.length, apart, Float64Array.of((g.count * more.count) / count))
  const mean = g.mean.map((v, k) => v + (more.count / count) * apart[k]!)
  const { gaussian, macs } = describe(count, mean, scatter, rank, residual)
  return { gaussian, macs: macs + (g.variances.length + 1) * scatter.length }
}
