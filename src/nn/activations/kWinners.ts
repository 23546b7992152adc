/** k winners take all: Makhzani & Frey 2014 (arXiv:1312.5663), section 2.1; as a layer of sparse networks Ahmad & Scheinkman 2019. */
import type { Expr } from '../../graph/expr.js'
import { rankLast, selectGreater } from '../../graph/ops.js'
import { assertArgument, assertOptions, wholeFrom } from '../../graph/options.js'
import { assertShape, columnsOf } from '../../graph/shape.js'
import type { LayerOf } from '../layer.js'

/**
 * The `k` largest entries of each row (of the last axis) stay, all others become 0; of equal entries those of smaller index stay, so
 * exactly `k` do. Gradients reach the entries that stay. Without the boosting of rare units of Ahmad & Scheinkman. Throws where rows
 * have fewer than `k` entries.
 */
export const kWinners = (x: Expr, k: number): Expr => {
  assertArgument('kWinners', 'k', k, wholeFrom(1))
  assertShape(columnsOf(x.shape) >= k, 'kWinners', `rows of ${k} entries or more`, x.shape)
  return selectGreater(k, rankLast(x), x, 0)
}

/** How many units of a layer stay active. */
export interface KWinnersOptions {
  readonly k: number
}

/** `kWinners` as a layer. Keeps the shape. */
export const kWinnersLayer = (options: KWinnersOptions): LayerOf => {
  assertOptions('kWinnersLayer', options, { k: wholeFrom(1) })
  return (shape) => {
    assertShape(columnsOf(shape) >= options.k, 'kWinnersLayer', `examples of ${options.k} units or more`, shape)
    return {
      kind: 'kWinners',
      parameters: [],
      shape,
      apply: (x) => ({ value: kWinners(x, options.k) }),
      isActivation: true,
    }
  }
}
