/** Whether a loss adds its outputs up or takes their mean: said by the caller, since the two differ by a factor nobody sees. */
import type { Expr } from '../../graph/expr.js'
import { mean, sum } from '../../graph/ops.js'
import { assertArgument, oneOfNames } from '../../graph/options.js'

/** Over the outputs of a row. */
export type Over = 'sum' | 'mean'

/** `[n, outputs]` → `[n]`. Throws on another word. */
export const overOutputs = (who: string, x: Expr, over: Over): Expr => {
  assertArgument(who, 'over', over, oneOfNames(['sum', 'mean']))
  return over === 'sum' ? sum(x, 1) : mean(x, 1)
}
