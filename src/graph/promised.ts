/**
 * What the derivatives of a graph are derivatives of. A kink has a derivative by convention, and `stop` and `surrogate` declare one:
 * there, differences of the value show something else. The promised function agrees with the value at `base` and is smooth there,
 * with every choice (the branch of a selection, the place of a maximum) made as at `base`; its differences are what forward and
 * reverse mode must equal, at kinks as well.
 */
import type { Expr } from './expr.js'
import { assertShape, sameShape } from './shape.js'
import { simplify } from './simplify.js'
import { reaching } from './sweep.js'
import { topological } from './topological.js'

/** A variable, and an expression of its shape: the point at which the promise is asked for. */
export interface Point {
  readonly of: Expr
  readonly base: Expr
}

/**
 * `roots` as functions of the variables, with every node that depends on one and has a `promise` rule replaced by its promise at the
 * points: expressions of the shapes of `roots` that read the variables and the bases. All variables are independent.
 */
export const promised = (roots: readonly Expr[], points: readonly Point[]): readonly Expr[] => {
  for (const { of, base } of points)
    assertShape(
      sameShape(of.shape, base.shape),
      'promised',
      'points of the shapes of their variables',
      of.shape,
      base.shape,
    )
  const simple = simplify([...roots, ...points.flatMap((p) => [p.of, p.base])])
  const ys = simple.slice(0, roots.length)
  const variables = points.map((_, i) => simple[roots.length + 2 * i]!)
  const moved = new Map(variables.map((of) => [of, of]))
  const based = new Map(variables.map((of, i) => [of, simple[roots.length + 2 * i + 1]!]))
  const order = topological(ys)
  const live = reaching(order, variables)
  for (const e of order) {
    if (moved.has(e) || !live.has(e)) continue
    const here = { ...e, args: e.args.map((a) => moved.get(a) ?? a) }
    const there = { ...e, args: e.args.map((a) => based.get(a) ?? a) }
    moved.set(e, e.op.promise === undefined ? here : e.op.promise(here, there.args))
    based.set(e, there)
  }
  return ys.map((y) => moved.get(y) ?? y)
}
