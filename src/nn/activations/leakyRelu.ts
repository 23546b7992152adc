/** The leaky rectifier: Maas, Hannun & Ng 2013. */
import type { Expr } from '../../graph/expr.js'
import { mul, selectGreater } from '../../graph/ops.js'
import { assertArgument, finite } from '../../graph/options.js'

/** `x > 0 ? x : slope·x`. The derivative at 0 is `slope`. 0.01 is the slope of the paper. */
export const leakyRelu = (x: Expr, slope = 0.01): Expr => {
  assertArgument('leakyRelu', 'slope', slope, finite)
  return selectGreater(x, 0, x, mul(slope, x))
}
