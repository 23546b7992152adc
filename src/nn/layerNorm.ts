/** Layer normalisation. */
import type { Expr } from '../graph/expr.js'
import { add, column, div, mean, mul, sqrt, square, sub } from '../graph/ops.js'
import { assertShape, columnsOf, sizeOf } from '../graph/shape.js'

/**
 * `(x − mean) / √(variance + epsilon) · gain + bias` for each row of `x` `[m, n]`, over its last axis; `gain` and `bias` are
 * `[n]`. The variance is the mean of squares (biased), epsilon stands inside the root, and a row is multiplied by the
 * reciprocal of its root. Ba, Kiros and Hinton 2016 (arXiv:1607.06450), equation 4, with the epsilon of PyTorch's LayerNorm.
 */
export const layerNorm = (x: Expr, gain: Expr, bias: Expr, epsilon = 1e-5): Expr => {
  const n = columnsOf(x.shape)
  assertShape(
    x.shape.length === 2 && [gain, bias].every((p) => sizeOf(p.shape) === n && columnsOf(p.shape) === n),
    'layerNorm',
    'rows [m, n] with a gain [n] and a bias [n]',
    x.shape,
    gain.shape,
    bias.shape,
  )
  const centred = sub(x, column(mean(x, 1)))
  const scale = div(1, sqrt(add(mean(square(centred), 1), epsilon)))
  return add(mul(centred, column(scale), gain), bias)
}
