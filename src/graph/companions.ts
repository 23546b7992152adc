/** What transforms that go from variables to results start from: graphs simplified together, and what of them the variables reach. */
import type { Expr } from './expr.js'
import { assertShape, sameShape } from './shape.js'
import { simplify } from './simplify.js'
import { reaching } from './sweep.js'
import { topological } from './topological.js'

/** See above. */
export interface Companions {
  readonly roots: readonly Expr[]
  /** Each variable with its companion: a tangent, a base. */
  readonly pairs: readonly (readonly [Expr, Expr])[]
  /** Nodes that depend on a variable, the variables left out, arguments before users. */
  readonly between: readonly Expr[]
}

/** Throws where a companion has not the shape of its variable; `what` names the companions in the message. */
export const companions = (
  operation: string,
  what: string,
  roots: readonly Expr[],
  pairs: readonly (readonly [Expr, Expr])[],
): Companions => {
  for (const [of, companion] of pairs)
    assertShape(
      sameShape(of.shape, companion.shape),
      operation,
      `${what} of the shapes of their variables`,
      of.shape,
      companion.shape,
    )
  const simple = simplify([...roots, ...pairs.flat()])
  const ys = simple.slice(0, roots.length)
  const own = pairs.map((_, i): readonly [Expr, Expr] => [
    simple[roots.length + 2 * i]!,
    simple[roots.length + 2 * i + 1]!,
  ])
  const variables = new Set(own.map(([of]) => of))
  const order = topological(ys)
  const live = reaching(order, [...variables])
  return { roots: ys, pairs: own, between: order.filter((e) => live.has(e) && !variables.has(e)) }
}
