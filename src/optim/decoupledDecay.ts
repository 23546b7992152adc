/** Weight decay beside the gradient. */
import { flush, mul, sub } from '../graph/ops.js'
import { assertOptions, nonNegative } from '../graph/options.js'
import { cotangentFloor } from '../graph/primitives/flush.js'
import type { Transform } from './transform.js'

/**
 * `θ ← θ − rate·λ·θ` before the step, with λ the `strength` and the rate of this step, its schedule included: no moment sees it, and
 * λ = 0 changes no bit. Biases too. Pulls below 2^-60 are flushed, as cotangents are, so that decay ends before products of what it
 * leaves are denormal. Throws on a strength below 0.
 * @source Loshchilov & Hutter 2019, with the decay multiplied by the rate as in PyTorch.
 */
export const decoupledDecay = (options: { readonly strength: number }): Transform => {
  assertOptions('decoupledDecay', options, { strength: nonNegative })
  const { strength } = options
  return {
    name: 'decoupledDecay',
    slots: [],
    apply: ({ params, rate }) => ({
      params: sub(params, flush(mul(mul(rate, strength), params), cotangentFloor)),
    }),
  }
}
