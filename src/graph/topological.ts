/** Topological order: depth first from the outputs by argument position, never by time of creation. */
import type { Expr } from './expr.js'

/** Every node reachable from `outputs`, arguments before users. Iterative, so depth is not limited by the call stack. */
export const topological = (outputs: readonly Expr[]): readonly Expr[] => {
  const done = new Set<Expr>()
  const order: Expr[] = []
  /** Nodes on the way from an output, and for each how many of its arguments were looked at. */
  const path: Expr[] = []
  const seen: number[] = []
  for (const output of outputs) {
    if (done.has(output)) continue
    done.add(output)
    path.push(output)
    seen.push(0)
    while (path.length > 0) {
      const top = path.length - 1
      const e = path[top]!
      const arg = e.args[seen[top]!++]
      const known = done.size
      if (arg === undefined) {
        order.push(e)
        path.pop()
        seen.pop()
      } else if (done.add(arg).size > known) {
        path.push(arg)
        seen.push(0)
      }
    }
  }
  return order
}
