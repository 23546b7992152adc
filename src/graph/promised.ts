/**
 * What the derivatives of a graph are derivatives of. A kink has a derivative by convention, and `stop` and `surrogate` declare one:
 * there, differences of the value show something else. The promised function agrees with the value at `base` and is smooth there,
 * with every choice (the branch of a selection, the place of a maximum) made as at `base`; its differences are what forward and
 * reverse mode must equal, at kinks as well.
 */
import { companions } from './companions.js'
import type { Expr } from './expr.js'

/** A variable, and an expression of its shape: the point at which the promise is asked for. */
export interface Point {
  readonly of: Expr
  readonly base: Expr
}

/**
 * `ys` as functions of the variables, with every node that depends on one and has a `promise` rule replaced by its promise at the
 * points: expressions of the shapes of `ys` that read the variables and the bases. All variables are independent.
 */
export const promised = (ys: readonly Expr[], points: readonly Point[]): readonly Expr[] => {
  const { roots, pairs, between } = companions(
    'promised',
    'points',
    ys,
    points.map(({ of, base }) => [of, base]),
  )
  const moved = new Map(pairs.map(([of]) => [of, of]))
  const based = new Map(pairs)
  for (const e of between) {
    const here = { ...e, args: e.args.map((a) => moved.get(a) ?? a) }
    const there = { ...e, args: e.args.map((a) => based.get(a) ?? a) }
    moved.set(e, e.op.promise === undefined ? here : e.op.promise(here, there.args))
    based.set(e, there)
  }
  return roots.map((y) => moved.get(y) ?? y)
}
