/** Squared error. */
import type { Expr } from '../../graph/expr.js'
import { square, sub } from '../../graph/ops.js'
import { assertShape, sameShape } from '../../graph/shape.js'
import { type Over, overOutputs } from './over.js'

/**
 * `(prediction − target)²`, averaged (or added up) over the outputs of each row, without the factor ½: both `[n, outputs]`, result
 * `[n]`; the mean over rows is the caller's (`weightedMean`). `'mean'` is what PyTorch and Keras call the mean squared error.
 */
export const meanSquaredError = (prediction: Expr, target: Expr, over: Over): Expr => {
  assertShape(
    prediction.shape.length === 2 && sameShape(prediction.shape, target.shape),
    'meanSquaredError',
    'predictions and targets [n, outputs]',
    prediction.shape,
    target.shape,
  )
  return overOutputs('meanSquaredError', square(sub(prediction, target)), over)
}
