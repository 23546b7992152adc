/** Dropout: Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, inverted (scaled while training, as every framework does). */
import type { Expr } from '../graph/expr.js'
import { div, random, selectGreater } from '../graph/ops.js'
import { assertArgument, assertOptions, belowOne } from '../graph/options.js'
import type { LayerOf } from './layer.js'

/**
 * Each element of `x` becomes 0 with probability `rate` (to 2^-24) and is divided by 1 − `rate` otherwise, which keeps its expectation.
 * `key` [2], i32, and `label` say where the draws come from: element i takes draw i, the same in reference and compiled code. Rate 0 is
 * `x` itself. Throws on a rate outside of 0 ≤ rate < 1.
 */
export const drop = (x: Expr, rate: number, key: Expr, label: string): Expr => {
  assertArgument('drop', 'rate', rate, belowOne)
  return rate === 0 ? x : selectGreater(rate, random(key, label, x.shape), 0, div(x, 1 - rate))
}

/** How many units are dropped. */
export interface DropoutOptions {
  /** Probability that a unit is dropped in a training pass. */
  readonly rate: number
}

/** `drop` in training passes, every element by a draw of its own; the identity in evaluations. Keeps the shape. */
export const dropout = (options: DropoutOptions): LayerOf => {
  assertOptions('dropout', options, { rate: belowOne })
  return (shape) => ({
    kind: 'dropout',
    parameters: [],
    ...(options.rate === 0 ? {} : { draws: true }),
    shape,
    apply: (x, { training }) => ({
      value: training === undefined ? x : drop(x, options.rate, training.key, training.label),
    }),
  })
}
