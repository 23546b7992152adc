/** Adam, with the powers of its decay rates kept as resident scalars instead of `Math.pow`. */
import { add, div, flush, mul, sqrt, square, sub } from '../graph/ops.js'
import { assertOptions, belowOne, positive } from '../graph/options.js'
import { momentFloor, squareFloor } from '../graph/primitives/flush.js'
import { oneNumber, type Optimiser, perParameter, slotOf } from './optimiser.js'

/** Options of Adam. */
export interface AdamOptions {
  readonly rate: number
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with ε outside of the corrected root, as PyTorch computes it:
 * `θ ← θ − rate/(1−β1^t) · m / (√v/√(1−β2^t) + ε)`. Moments below 1e-36 and gradients below 1e-18 before squaring are flushed.
 * Throws on a rate or ε that is not above 0 and a β outside [0, 1).
 */
export const adam = (options: AdamOptions): Optimiser => {
  assertOptions('adam', options, { rate: positive, beta1: belowOne, beta2: belowOne, epsilon: positive })
  const { rate: base, beta1, beta2, epsilon } = options
  return {
    name: 'adam',
    rate: base,
    slots: [
      { name: 'm', shape: perParameter, init: 0 },
      { name: 'v', shape: perParameter, init: 0 },
      { name: 'power1', shape: oneNumber, init: 1 },
      { name: 'power2', shape: oneNumber, init: 1 },
    ],
    update: ({ gradient, params, slots, rate = base }) => {
      const m = flush(add(mul(beta1, slotOf(slots, 'm')), mul(1 - beta1, gradient)), momentFloor)
      const squared = square(flush(gradient, squareFloor))
      const v = flush(add(mul(beta2, slotOf(slots, 'v')), mul(1 - beta2, squared)), momentFloor)
      const power1 = flush(mul(beta1, slotOf(slots, 'power1')), momentFloor)
      const power2 = flush(mul(beta2, slotOf(slots, 'power2')), momentFloor)
      const size = div(rate, sub(1, power1))
      const root = add(div(sqrt(v), sqrt(sub(1, power2))), epsilon)
      return { params: sub(params, mul(size, div(m, root))), slots: { m, v, power1, power2 } }
    },
  }
}
