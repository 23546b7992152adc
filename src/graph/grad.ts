/**
 * Reverse-mode differentiation, graph → graph. The order in which contributions are added is part of the result's bits, so
 * it comes from structure: nodes in reverse topological order of the merged graph, contributions in order of arrival.
 */
import type { Expr } from './expr.js'
import { addCotangents } from './cotangents.js'
import { literal } from './primitives/leaf.js'
import { broadcast, zerosLike } from './primitives/sumBroadcast.js'
import { assertShape } from './shape.js'
import { simplify } from './simplify.js'
import { topological } from './topological.js'

/** Nodes from which `wrt` can be reached: only through them do cotangents flow. */
export const reaching = (order: readonly Expr[], wrt: readonly Expr[]): ReadonlySet<Expr> => {
  const found = new Set(wrt)
  for (const e of order) if (e.args.some((a) => found.has(a))) found.add(e)
  return found
}

/**
 * `∂loss/∂wrt_i` for each of `wrt`: expressions of their shapes. `loss` is a scalar; what it does not depend on gets zeros.
 * Throws when a primitive on the way has no derivative.
 */
export const gradients = (loss: Expr, wrt: readonly Expr[]): readonly Expr[] => {
  assertShape(loss.shape.length === 0, 'grad', 'a scalar loss', loss.shape)
  const [root, ...targets] = simplify([loss, ...wrt])
  if (root === undefined) return []
  const order = topological([root])
  const live = reaching(order, targets)
  const arrived = new Map<Expr, Expr[]>([[root, [broadcast(literal(1), root.shape)]]])
  for (const e of [...order].reverse()) {
    const contributions = arrived.get(e)
    if (!live.has(e) || contributions === undefined || targets.includes(e)) continue
    const ct = addCotangents(contributions)
    if (e.op.vjp === undefined) throw new Error(`grad: '${e.op.name}' has no derivative`)
    e.op.vjp(ct, e).forEach((part, i) => {
      const arg = e.args[i]
      if (part === null || arg === undefined || !live.has(arg)) return
      const list = arrived.get(arg)
      if (list === undefined) arrived.set(arg, [part])
      else list.push(part)
    })
  }
  return targets.map((target) => {
    const contributions = arrived.get(target)
    return contributions === undefined ? zerosLike(target) : addCotangents(contributions)
  })
}

/** `∂loss/∂wrt`, an expression of the shape of `wrt`. See `gradients`. */
export const grad = (loss: Expr, wrt: Expr): Expr => gradients(loss, [wrt])[0] ?? zerosLike(wrt)
