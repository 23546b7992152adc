/** Plain gradient descent. */
import { mul, sub } from '../graph/ops.js'
import type { Optimiser } from './optimiser.js'

/** `θ ← θ − rate · g`. No state. */
export const sgd = ({ rate }: { readonly rate: number }): Optimiser => ({
  name: 'sgd',
  slots: [],
  update: ({ gradient, params }) => ({ params: sub(params, mul(rate, gradient)), slots: {} }),
})
