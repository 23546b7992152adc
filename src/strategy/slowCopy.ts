import type { Expr } from '../graph/expr.js'
import { add, div, flush, minimum, mul, sub } from '../graph/ops.js'

/**
 * Exponential moving average of parameters with warm-up: slow ← a slow + (1 - a) params, a = min(1 - 1/(n + 1), decay), with n
 * updates before this one, so that the first update copies and early ones average evenly.
 * @shape slow, params: [P]; updates: []
 * @source Arani, Sarfraz & Zonooz 2022 (CLS-ER), eq. 2, with the warm-up of its code; updated at every step, not at random ones.
 */
export const slowCopy = (slow: Expr, params: Expr, updates: Expr, decay: number): Expr => {
  const a = minimum(sub(1, div(1, add(updates, 1))), decay)
  return flush(add(mul(a, slow), mul(sub(1, a), params)), 1e-36)
}
