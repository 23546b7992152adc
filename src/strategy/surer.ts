import type { Expr } from '../graph/expr.js'
import { column, selectGreater } from '../graph/ops.js'
import type { Losses, Rowed } from './scope.js'

/**
 * For each row the logits that give its own class the higher probability, among the outputs that compete for the row: `a` where it is
 * strictly higher, `b` elsewhere.
 * @shape a, b: [n, outputs] → [n, outputs]
 */
export const surer = (losses: Losses, batch: Rowed, a: Expr, b: Expr): Expr =>
  selectGreater(column(losses(b, batch.y, batch)), column(losses(a, batch.y, batch)), a, b)
