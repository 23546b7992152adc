import type { Expr } from '../graph/expr.js'
import { assemble, ones } from '../graph/ops.js'

/** 1 for the outputs that are listed, in any order, 0 for the others: [count]. */
export const outputMask = (listed: readonly number[], count: number): Expr =>
  assemble(
    count,
    [...new Set(listed)].sort((a, b) => a - b).map((at) => ({ at, value: ones([1]) })),
  )
