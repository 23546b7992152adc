import type { Expr } from '../graph/expr.js'
import { add, literal } from '../graph/ops.js'

/** Sum of a list from left to right; a list of one is that one, the empty list is 0. */
export const added = (terms: readonly Expr[]): Expr => {
  const [first, ...rest] = terms
  return first === undefined ? literal(0) : add(first, ...rest)
}
