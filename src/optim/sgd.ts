/** Plain gradient descent. */
import { mul, sub } from '../graph/ops.js'
import { assertOptions, positive } from '../graph/options.js'
import type { Optimiser } from './optimiser.js'

/** `θ ← θ − rate · g`. No state. Throws on a rate that is not a number above 0. */
export const sgd = (options: { readonly rate: number }): Optimiser => {
  assertOptions('sgd', options, { rate: positive })
  const { rate: base } = options
  return {
    name: 'sgd',
    rate: base,
    slots: [],
    update: ({ gradient, params, rate = base }) => ({ params: sub(params, mul(rate, gradient)), slots: {} }),
  }
}
