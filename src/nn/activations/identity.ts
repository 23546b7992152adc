/** No activation function. */
import type { Expr } from '../../graph/expr.js'

/** `x`. */
export const identity = (x: Expr): Expr => x
