/** The exponential linear unit: Clevert, Unterthiner & Hochreiter 2016 (arXiv:1511.07289), equation 15. */
import type { Expr } from '../../graph/expr.js'
import { exp, mul, selectGreater, sub } from '../../graph/ops.js'
import { assertArgument, finite } from '../../graph/options.js'

/** `x > 0 ? x : alpha·(e^x − 1)`. The derivative at 0 is `alpha`. */
export const elu = (x: Expr, alpha = 1): Expr => {
  assertArgument('elu', 'alpha', alpha, finite)
  // The branch that is not taken must stay finite, or 0 times its derivative would be NaN.
  const below = selectGreater(x, 0, 0, x)
  return selectGreater(x, 0, x, mul(alpha, sub(exp(below), 1)))
}
