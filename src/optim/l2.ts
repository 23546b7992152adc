/** The L2 penalty, in the gradient. */
import { add, flush, mul } from '../graph/ops.js'
import { assertOptions, nonNegative } from '../graph/options.js'
import { cotangentFloor } from '../graph/primitives/flush.js'
import type { Transform } from './transform.js'

/**
 * `g ← g + λ·θ`, with λ the `strength`: the gradient of λ/2·Σθ², which moments then see (coupled; `weight_decay` of PyTorch's SGD and
 * Adam). Biases too. Pulls below 2^-60 are flushed, as cotangents are, so that decay ends before products of what it leaves are
 * denormal. Throws on a strength below 0.
 */
export const l2 = (options: { readonly strength: number }): Transform => {
  assertOptions('l2', options, { strength: nonNegative })
  const { strength } = options
  return {
    name: 'l2',
    slots: [],
    apply: ({ gradient, params }) => ({ gradient: add(gradient, flush(mul(strength, params), cotangentFloor)) }),
  }
}
