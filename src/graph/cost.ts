/** Counted work of a graph: exact, from shapes alone. */
import type { Cost, Expr } from './expr.js'
import { lower } from './lower.js'
import { topological } from './topological.js'

/** Multiply-accumulates and element operations of one evaluation, equal nodes counted once. */
export const cost = (outputs: readonly Expr[]): Cost =>
  topological(lower(outputs)).reduce(
    (total, e) => {
      const c = e.op.cost(e)
      return { macs: total.macs + c.macs, operations: total.operations + c.operations }
    },
    { macs: 0, operations: 0 },
  )
