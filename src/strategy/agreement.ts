import type { Expr } from '../graph/expr.js'
import { column, maxLast, minimum, mul, selectEqual, sum } from '../graph/ops.js'

/** 1 for each row where two networks rank the same output highest, 0 elsewhere: [n, outputs] twice → [n]. */
export const agreement = (a: Expr, b: Expr): Expr => minimum(sum(mul(winners(a), winners(b)), 1), 1)

const winners = (logits: Expr): Expr => selectEqual(logits, column(maxLast(logits)), 1, 0)
