/** A linear read-out of `inputs` numbers: the score of class c is weights[c] · x + biases[c]. */
export interface Linear {
  /** [classes, inputs] */
  readonly weights: Float64Array
  /** [classes] */
  readonly biases: Float64Array
}

/** The score of a class that was never seen: finite, and below every other. */
export const NEVER = -1e30
