/** Nesterov's accelerated gradient. */
import { add, mul, sub } from '../graph/ops.js'
import { checkMomentum, type MomentumOptions, velocity } from './momentum.js'
import { type Optimiser, perParameter } from './optimiser.js'

/**
 * `v ← μ·v + g; θ ← θ − rate·(g + μ·v)`, v below 1e-36 flushed. The gradient is taken at the point that is stored, which runs ahead
 * of Nesterov's own iterate by μ·v. Throws on a rate that is not above 0 and a momentum outside [0, 1).
 * @source Nesterov 1983; Sutskever et al. 2013, eq. 3-4, in the look-ahead variables of Bengio, Boulanger-Lewandowski & Pascanu 2013,
 * as PyTorch's SGD with nesterov=True.
 */
export const nesterov = (options: MomentumOptions): Optimiser => {
  checkMomentum('nesterov', options)
  const { rate: base, momentum: mu } = options
  return {
    name: 'nesterov',
    rate: base,
    slots: [{ name: 'velocity', shape: perParameter, init: 0 }],
    update: ({ gradient, params, slots, rate = base }) => {
      const v = velocity(mu, gradient, slots)
      return { params: sub(params, mul(rate, add(gradient, mul(mu, v)))), slots: { velocity: v } }
    },
  }
}
