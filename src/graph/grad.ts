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
import { reaching, sweepBack } from './sweep.js'
import { topological } from './topological.js'

/**
 * `∂loss/∂wrt_i` for each of `wrt`: expressions of their shapes. `loss` is a scalar; what it does not depend on gets zeros. All of
 * `wrt` are independent variables: what reaches one only through another is not part of its derivative.
 * Throws when a primitive on the way has no derivative.
 */
export const gradients = (loss: Expr, wrt: readonly Expr[]): readonly Expr[] => {
  assertShape(loss.shape.length === 0, 'grad', 'a scalar loss', loss.shape)
  const [root, ...targets] = simplify([loss, ...wrt])
  if (root === undefined) return []
  const order = topological([root])
  const ground = { order, live: reaching(order, targets), ends: new Set(targets) }
  const arrived = sweepBack(ground, root, broadcast(literal(1), root.shape), (ct, e, wanted) => {
    if (e.op.vjp === undefined) throw new Error(`grad: '${e.op.name}' has no derivative`)
    return e.op.vjp(ct, e, wanted)
  })
  return targets.map((target) => {
    const contributions = arrived.get(target)
    return contributions === undefined ? zerosLike(target) : addCotangents(contributions)
  })
}

/** `∂loss/∂wrt`, an expression of the shape of `wrt`. See `gradients`. */
export const grad = (loss: Expr, wrt: Expr): Expr => gradients(loss, [wrt])[0] ?? zerosLike(wrt)
