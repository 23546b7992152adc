/**
 * Counted work of a graph: exact, from shapes alone.
 *
 * A multiply-accumulate is a product added to a sum, each of the two rounded (`dot` and whatever else sums products).
 * An element operation is one result element of an element-wise function, after lowering one of its micro-operations; or one
 * element taken into a sum, a maximum, a rank or a place it is added to; or one number drawn. Combining the lanes of a reduction, rounding its result and
 * starting from an initial value are part of it and not counted. What only moves values costs nothing: leaves, views, copies,
 * axes and columns that change places, broadcasts, gathers, one-hot rows, zeros, the parts of an assembled vector. Work that a loop repeats counts as often as it is
 * repeated. What a function of the host does depends on values: its work is declared. The tests compare every primitive's `cost` with what its reference does.
 */
import type { Cost, Expr } from './expr.js'
import { lower } from './lower.js'
import { topological } from './topological.js'

/** The work of some nodes of a lowered graph. */
export const costOf = (nodes: readonly Expr[]): Cost => {
  let macs = 0
  let operations = 0
  for (const e of nodes) {
    const own = e.op.cost(e)
    macs += own.macs
    operations += own.operations
  }
  return { macs, operations }
}

/** The work of one evaluation of `outputs`, equal nodes counted once. */
export const cost = (outputs: readonly Expr[]): Cost => costOf(topological(lower(outputs)))
