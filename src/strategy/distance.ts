import type { Expr } from '../graph/expr.js'
import { div, square, stop, sub, sum } from '../graph/ops.js'

/** `mean`: over the outputs; `sum`: over the outputs, so many times as much. */
export type Reduction = 'mean' | 'sum'

/**
 * Squared distance of logits to fixed ones, row by row, over all outputs: no gradient flows into `target`.
 * @shape logits, target: [n, outputs] → [n]
 */
export const distance = (logits: Expr, target: Expr, reduction: Reduction): Expr => {
  const total = sum(square(sub(logits, stop(target))), 1)
  return reduction === 'sum' ? total : div(total, logits.shape[1]!)
}
