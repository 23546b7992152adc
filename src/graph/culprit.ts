/** Where in an evaluated graph a value went wrong. */
import type { Expr, Vector } from './expr.js'
import { topological } from './topological.js'

/** A node with a bad element in its result and none in its arguments. */
export interface Culprit {
  readonly node: Expr
  /** The first bad element of its flat result. */
  readonly element: number
}

/**
 * Follows bad elements from `roots` through arguments that hold some, and gives the first node, in topological order, at which none
 * does. Bad elements that reach no root, because a selection leaves them out, lead nowhere. Undefined: no root holds one.
 */
export const culprit = (
  roots: readonly Expr[],
  values: ReadonlyMap<Expr, Vector>,
  isBad: (x: number) => boolean,
): Culprit | undefined => {
  const order = topological(roots)
  const firstBad = new Map(order.map((e) => [e, values.get(e)?.findIndex(isBad) ?? -1]))
  const isBadNode = (e: Expr): boolean => (firstBad.get(e) ?? -1) >= 0
  const leading = new Set(roots.filter(isBadNode))
  for (const e of order.toReversed()) {
    if (!leading.has(e)) continue
    for (const arg of e.args) if (isBadNode(arg)) leading.add(arg)
  }
  const node = order.find((e) => leading.has(e) && !e.args.some(isBadNode))
  return node === undefined ? undefined : { node, element: firstBad.get(node) ?? 0 }
}
