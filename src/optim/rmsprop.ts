/** RMSprop: steps divided by a running root mean square of the gradient. */
import { add, div, flush, mul, sqrt, square, sub } from '../graph/ops.js'
import { assertOptions, belowOne, positive } from '../graph/options.js'
import { momentFloor, squareFloor } from '../graph/primitives/flush.js'
import { type Optimiser, perParameter, slotOf } from './optimiser.js'

/** Options of RMSprop. */
export interface RmspropOptions {
  readonly rate: number
  /** Of the mean square that is left after a step; 0.9 in the lecture, 0.99 in PyTorch. */
  readonly rho: number
  readonly epsilon: number
}

/**
 * `s ← ρ·s + (1−ρ)·g²; θ ← θ − rate·g / (√s + ε)`: not centred, without momentum, ε outside of the root as in PyTorch (Keras and the
 * lecture's followers add it inside). Mean squares below 1e-36 and gradients below 1e-18 before squaring are flushed. Throws on a
 * rate or ε that is not above 0 and a ρ outside [0, 1).
 * @source Tieleman & Hinton 2012, lecture 6.5 of Neural Networks for Machine Learning.
 */
export const rmsprop = (options: RmspropOptions): Optimiser => {
  assertOptions('rmsprop', options, { rate: positive, rho: belowOne, epsilon: positive })
  const { rate: base, rho, epsilon } = options
  return {
    name: 'rmsprop',
    rate: base,
    slots: [{ name: 'square', shape: perParameter, init: 0 }],
    update: ({ gradient, params, slots, rate = base }) => {
      const squared = square(flush(gradient, squareFloor))
      const mean = flush(add(mul(rho, slotOf(slots, 'square')), mul(1 - rho, squared)), momentFloor)
      return { params: sub(params, mul(rate, div(gradient, add(sqrt(mean), epsilon)))), slots: { square: mean } }
    },
  }
}
