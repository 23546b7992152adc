/** Graphs may stand only on the leaves that their strategy was handed: an input or block made up by name is refused. */
import type { Expr } from '../graph/expr.js'
import { topological } from '../graph/topological.js'
import type { AnyBatch, AnyContext, AnyPredictContext } from '../strategy/anyStrategy.js'

/** The inputs and blocks that these expressions read. */
export const leavesOf = (outputs: readonly Expr[]): readonly Expr[] =>
  topological(outputs).filter((e) => e.op.name === 'input' || e.op.name === 'block')

const ofBatch = (b: AnyBatch | undefined): readonly (Expr | undefined)[] =>
  b === undefined ? [] : [b.x, b.y, b.weights, b.context, ...Object.values(b.columns)]

/** All expressions in what a hook of a step sees. */
export const handedTo = (c: AnyContext): readonly Expr[] =>
  [
    c.params,
    ...Object.values(c.tensors),
    ...Object.values(c.feeds),
    ...Object.values(c.batches).flatMap(ofBatch),
    ...ofBatch(c.batch),
    c.output?.logits,
    c.output?.features,
    c.loss,
    c.gradient,
    c.after,
  ].filter((e) => e !== undefined)

/** All expressions in what `predict` sees. */
export const handedToPredict = (c: AnyPredictContext): readonly Expr[] =>
  [c.params, c.x, c.context, ...Object.values(c.tensors), ...Object.values(c.feeds)].filter((e) => e !== undefined)

/**
 * Throws when the results of a hook read a leaf that is neither in `handed` nor among `own`, the leaves of losses that the engine
 * built for it.
 */
export const refuseForged = (
  strategy: string,
  hook: string,
  results: readonly Expr[],
  handed: readonly Expr[],
  own: ReadonlySet<Expr> = new Set(),
): void => {
  if (results.length === 0) return
  const known = new Set(leavesOf(handed))
  const forged = leavesOf(results).find((leaf) => !known.has(leaf) && !own.has(leaf))
  if (forged !== undefined)
    throw new Error(
      `strategy '${strategy}', hook '${hook}': reads the ${forged.op.name} '${String(forged.attrs.name)}', which it was not handed`,
    )
}
