/** The L1 penalty, in the gradient. */
import { add, selectGreater } from '../graph/ops.js'
import { assertOptions, nonNegative } from '../graph/options.js'
import type { Transform } from './transform.js'

/** `g ← g + λ·sign(θ)`, with λ the `strength` and sign(0) = 0: the gradient of λ·Σ|θ|. Biases too. Throws on a strength below 0. */
export const l1 = (options: { readonly strength: number }): Transform => {
  assertOptions('l1', options, { strength: nonNegative })
  const { strength } = options
  return {
    name: 'l1',
    slots: [],
    apply: ({ gradient, params }) => ({
      gradient: add(gradient, selectGreater(params, 0, strength, selectGreater(0, params, -strength, 0))),
    }),
  }
}
