/** Putting expressions in the place of others, and closing a graph over the leaves that it may stand on. */
import type { Expr } from './expr.js'
import { reaching } from './sweep.js'
import { literalValue } from './primitives/leaf.js'
import { broadcastPrimitive } from './primitives/sumBroadcast.js'
import { topological } from './topological.js'

/** `roots` with every expression that `by` knows replaced; what is put in is not searched again. */
export const substitute = (roots: readonly Expr[], by: ReadonlyMap<Expr, Expr>): readonly Expr[] => {
  const made = new Map(by)
  for (const e of topological(roots)) {
    if (made.has(e)) continue
    const args = e.args.map((a) => made.get(a) ?? a)
    made.set(e, args.every((a, i) => a === e.args[i]) ? e : { ...e, args })
  }
  return roots.map((e) => made.get(e) ?? e)
}

/**
 * The largest parts of a graph that depend on none of `leaves`, in the order in which they are met: what a loop reads but does not
 * change. Literals stay where they are, and so do broadcasts, which cost less to repeat than to store.
 */
export const captured = (roots: readonly Expr[], leaves: readonly Expr[]): readonly Expr[] => {
  const order = topological(roots)
  const inside = reaching(order, leaves)
  const found = new Set<Expr>()
  const meet = (e: Expr): void => {
    if (inside.has(e) || literalValue(e) !== undefined) return
    if (e.op === broadcastPrimitive) e.args.forEach(meet)
    else found.add(e)
  }
  for (const e of order) if (inside.has(e)) e.args.forEach(meet)
  roots.forEach(meet)
  return [...found]
}
