/** The reverse sweep that derivatives share. */
import { addCotangents } from './cotangents.js'
import type { Expr } from './expr.js'

/** Nodes from which `wrt` can be reached: only through them do cotangents flow. */
export const reaching = (order: readonly Expr[], wrt: readonly Expr[]): ReadonlySet<Expr> => {
  const found = new Set(wrt)
  for (const e of order) if (e.args.some((a) => found.has(a))) found.add(e)
  return found
}

/** Nodes in topological order, those of them that cotangents flow through, and those where they stop. */
export interface Ground {
  readonly order: readonly Expr[]
  readonly live: ReadonlySet<Expr>
  readonly ends: ReadonlySet<Expr>
}

/** Cotangents of a node's arguments, from the sum of its own; `wanted` tells which arguments are live. */
export type Rule = (ct: Expr, e: Expr, wanted: readonly boolean[]) => readonly (Expr | null)[]

/**
 * Carries the cotangent `ct` of `root` backwards: contributions that arrived at each node, in order of arrival. Nodes are
 * visited in reverse order of `order`, so structure alone decides the order of every sum.
 */
export const sweepBack = (
  { order, live, ends }: Ground,
  root: Expr,
  ct: Expr,
  rule: Rule,
): ReadonlyMap<Expr, readonly Expr[]> => {
  const arrived = new Map<Expr, Expr[]>([[root, [ct]]])
  for (const e of [...order].reverse()) {
    const contributions = arrived.get(e)
    if (contributions === undefined || !live.has(e) || ends.has(e)) continue
    const wanted = e.args.map((a) => live.has(a))
    rule(addCotangents(contributions), e, wanted).forEach((part, i) => {
      const arg = e.args[i]
      if (part === null || arg === undefined || wanted[i] !== true) return
      const list = arrived.get(arg)
      if (list === undefined) arrived.set(arg, [part])
      else list.push(part)
    })
  }
  return arrived
}
