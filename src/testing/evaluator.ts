/** Evaluation of one graph at many points in f64: what does not depend on the leaves that move is computed once. */
import { type Env, trace } from '../graph/evaluate.js'
import type { Expr, Vector } from '../graph/expr.js'
import { sizeOf } from '../graph/shape.js'
import { reaching } from '../graph/sweep.js'
import { topological } from '../graph/topological.js'

/** Values of `roots`, one after another in one new vector, where the moving leaves have these values. */
export type Evaluator = (at: readonly Float64Array[]) => Float64Array

/** An evaluator of `roots` in which only the leaves `moving` change; all other leaves have their values in `env`. */
export const evaluatorOf = (roots: readonly Expr[], env: Env, moving: readonly Expr[]): Evaluator => {
  const order = topological(roots)
  const live = reaching(order, moving)
  const steps = order.filter((e) => live.has(e) && !moving.includes(e))
  const still = [...new Set([...steps.flatMap((e) => e.args), ...roots])].filter((e) => !live.has(e))
  const values = new Map<Expr, Vector>(trace(still, env, 'f64'))
  for (const e of steps) values.set(e, new Float64Array(sizeOf(e.shape)))
  const offsets: number[] = []
  let size = 0
  for (const e of roots) {
    offsets.push(size)
    size += sizeOf(e.shape)
  }
  return (at) => {
    moving.forEach((leaf, i) => values.set(leaf, at[i] ?? new Float64Array(0)))
    for (const e of steps) {
      const out = values.get(e) ?? new Float64Array(0)
      out.fill(0)
      const args = e.args.map((a) => values.get(a) ?? out)
      e.op.reference(args, out, e, (x) => x)
    }
    const all = new Float64Array(size)
    roots.forEach((e, i) => all.set(values.get(e) ?? [], offsets[i]))
    return all
  }
}
