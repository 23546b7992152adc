/** A head for each context over shared features. */
import type { Expr } from '../graph/expr.js'
import { column, dot, literal, oneHot, reshape, selectGreater, sliceLast, broadcast } from '../graph/ops.js'
import { assertOptions, wholeFrom } from '../graph/options.js'
import { sizeOf } from '../graph/shape.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import type { LayerOf } from './layer.js'
import { biases, weights } from './sideBySide.js'

/** Sizes of the heads. */
export interface HeadsOptions {
  readonly contexts: number
  /** Outputs of each head. */
  readonly units: number
  readonly initialiser: InitialiserName
}

/**
 * `x · weight + bias` with the columns of the row's own context: `weight` [inputs, contexts · units], `bias` [contexts · units], each head
 * drawn as a dense layer of its own; `[units]`. All heads are computed for all rows, and a row's own are selected: the
 * others get no gradient from it, to the bit. A context outside of 0 … contexts − 1 gives NaN. Needs the context of each row and says so
 * where there is none.
 */
export const heads = (options: HeadsOptions): LayerOf => {
  assertOptions('heads', options, { contexts: wholeFrom(1), units: wholeFrom(1), initialiser: initialiserRule })
  const { contexts, units, initialiser } = options
  const names = Array.from({ length: contexts }, (_, context) => `context ${context}`)
  return (shape) => {
    const inputs = sizeOf(shape)
    const all = { inputs, units, parts: names, initialiser }
    return {
      kind: 'heads',
      parameters: [weights('weight', all), biases('bias', all)],
      shape: [units],
      apply: (x, { own, context }) => {
        if (context === undefined)
          throw new Error(
            'heads: the pass must say the context of each row (mode.context, [n] of i32), which it does not',
          )
        const n = x.shape[0] ?? 1
        const product = dot(reshape(x, [n, inputs]), own('weight'), { init: own('bias') })
        const is = oneHot(context, contexts)
        const nothing: Expr = broadcast(literal(Number.NaN), [n, units])
        const value = names.reduce(
          (other, _, c) => selectGreater(column(sliceLast(is, c, 1)), 0.5, sliceLast(product, c * units, units), other),
          nothing,
        )
        return { value }
      },
    }
  }
}
