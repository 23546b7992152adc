import { cholesky, solve } from './cholesky.js'
import { halfSquare, type Labelled } from './classMeans.js'
import { type Linear, NEVER } from './linear.js'
import { addProducts, shifted } from './triangle.js'

/** What linear discriminant analysis keeps. All zeros: nothing seen. */
export interface Discriminant {
  /** [classes, width] */
  readonly means: Float64Array
  /** [classes]: rows of each class. */
  readonly counts: Float64Array
  /** Triangle of [width, width]: rows seen times the covariance Σ that the classes share. */
  readonly scatter: Float64Array
}

/**
 * What the outer product (x − μ_y)(x − μ_y)ᵀ with the mean before the update weighs in the scatter. `published`: n / (n + 1) with all n
 * rows so far, so that the first row of a class, whose mean is still 0, counts with all of its length; `exact`: n_y / (n_y + 1) with the
 * rows of its class, which gives the scatter within classes, whatever the order.
 */
export type CovarianceUpdate = 'exact' | 'published'

/**
 * Adds rows, in place: the same as one row at a time, in order. In a batch the outer products are summed first.
 * @source Hayes & Kanan 2020, equations 1 and 2 (`published`); Welford 1962 for each class (`exact`).
 */
export const addToDiscriminant = (
  { means, counts, scatter }: Discriminant,
  { width, values, labels }: Labelled,
  update: CovarianceUpdate,
): void => {
  const away = new Float64Array(values.length)
  const weights = new Float64Array(labels.length)
  let total = counts.reduce((a, b) => a + b, 0)
  labels.forEach((label, row) => {
    const n = counts[label]!
    const before = update === 'exact' ? n : total
    weights[row] = before / (before + 1)
    for (let k = 0; k < width; k++) {
      const d = values[row * width + k]! - means[label * width + k]!
      away[row * width + k] = d
      means[label * width + k]! += d / (n + 1)
    }
    counts[label] = n + 1
    total++
  })
  addProducts(scatter, width, away, weights)
}

/**
 * Scores w_c·x + b_c with w_c = Λ μ_c, b_c = −μ_cᵀ Λ μ_c / 2 and Λ = [(1 − ε) Σ + ε I]⁻¹, 0 < ε <= 1; classes without rows get `NEVER`.
 * @source Hayes & Kanan 2020, equation 3: Gaussians that share a covariance, every class as probable.
 */
export const discriminate = ({ means, counts, scatter }: Discriminant, epsilon: number): Linear => {
  const width = means.length / counts.length
  const rows = counts.reduce((a, b) => a + b, 0)
  const factor = cholesky(shifted(scatter, width, (1 - epsilon) / Math.max(1, rows), epsilon), width)
  if (factor === undefined) throw new Error(`discriminate: shrinkage ${epsilon} leaves the covariance singular`)
  const weights = solve(factor, width, means)
  return {
    weights,
    biases: counts.map((n, c) => (n > 0 ? -halfSquare(weights, means, c, counts.length) : NEVER)),
  }
}
