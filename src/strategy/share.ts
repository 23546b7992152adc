import type { Expr } from '../graph/expr.js'
import { add, div, sum } from '../graph/ops.js'
import type { Rowed } from './scope.js'

/** The share of batch `a` in the rows of `a` and `b` together, padding not counted: a scalar in [0, 1]. */
export const share = (a: Rowed, b: Rowed): Expr => {
  const own = sum(a.weights)
  return div(own, add(own, sum(b.weights)))
}
