import { type Linear, NEVER } from './linear.js'

/** Rows with their classes: `values` [labels.length, width], row after row. */
export interface Labelled {
  readonly width: number
  readonly values: Float64Array
  readonly labels: Int32Array
}

/** Sums over the rows of each class. */
export interface ClassSums {
  /** [classes, width] */
  readonly sums: Float64Array
  /** [classes]: rows of each class. */
  readonly counts: Float64Array
}

/** Adds rows, in place. On pixels, which are multiples of 2^-32 in f32, the sums are exact and so the same in every order. */
export const addToSums = ({ sums, counts }: ClassSums, { width, values, labels }: Labelled): void => {
  labels.forEach((label, row) => {
    counts[label]! += 1
    for (let k = 0; k < width; k++) sums[label * width + k]! += values[row * width + k]!
  })
}

/** Mean of each class, [classes, width]; 0 where a class has no row. */
export const meansOf = ({ sums, counts }: ClassSums): Float64Array => {
  const width = sums.length / counts.length
  return sums.map((sum, i) => sum / Math.max(1, counts[Math.floor(i / width)]!))
}

/**
 * Nearest class mean: scores μ·x − ‖μ‖²/2, which order the classes as −‖x − μ‖² does. `means` [classes, width]; classes without rows
 * get `NEVER`.
 */
export const nearestMean = (means: Float64Array, counts: Float64Array): Linear => ({
  weights: means,
  biases: counts.map((n, c) => (n > 0 ? -halfSquare(means, means, c, counts.length) : NEVER)),
})

/** a_c · b_c / 2, for row c of two matrices of `rows` rows. */
export const halfSquare = (a: Float64Array, b: Float64Array, c: number, rows: number): number => {
  const width = a.length / rows
  let sum = 0
  for (let k = c * width; k < (c + 1) * width; k++) sum += a[k]! * b[k]!
  return sum / 2
}
