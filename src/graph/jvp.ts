/** Forward-mode differentiation, graph → graph: tangents travel with the values, from arguments to results. */
import { companions } from './companions.js'
import type { Expr } from './expr.js'
import { add } from './primitives/add.js'
import { zerosLike } from './primitives/sumBroadcast.js'

/** A variable and the direction it moves in, of its shape. */
export interface Direction {
  readonly of: Expr
  readonly along: Expr
}

/**
 * `Σ_i ∂y/∂of_i · along_i` for each of `ys`: expressions of their shapes, zeros where nothing flows. All variables are independent,
 * as in `gradients`. Throws when a primitive on the way has no derivative.
 */
export const jvp = (ys: readonly Expr[], directions: readonly Direction[]): readonly Expr[] => {
  const { roots, pairs, between } = companions(
    'jvp',
    'directions',
    ys,
    directions.map(({ of, along }) => [of, along]),
  )
  const tangents = new Map<Expr, Expr | null>(pairs)
  for (const e of between) {
    const own = e.args.map((a) => tangents.get(a) ?? null)
    tangents.set(e, own.every((t) => t === null) ? null : tangentOf(e, own))
  }
  return roots.map((y) => tangents.get(y) ?? zerosLike(y))
}

const tangentOf = (e: Expr, tangents: readonly (Expr | null)[]): Expr | null => {
  const { jvp: rule, vjp, codegen, name } = e.op
  if (rule !== undefined) return rule(tangents, e)
  if (vjp === undefined || codegen !== 'lane') throw new Error(`jvp: '${name}' has no derivative`)
  const parts = tangents.map((t, i) => (t === null ? null : (vjp(t, e)[i] ?? null)))
  return parts.reduce((a, b) => (a === null || b === null ? (a ?? b) : add(a, b)), null)
}
