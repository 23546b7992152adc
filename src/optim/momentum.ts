/** Gradient descent with a heavy ball. */
import type { Expr } from '../graph/expr.js'
import { add, flush, mul, sub } from '../graph/ops.js'
import { assertOptions, belowOne, positive } from '../graph/options.js'
import { momentFloor } from '../graph/primitives/flush.js'
import { type Optimiser, perParameter, type SlotValues, slotOf } from './optimiser.js'

/** Options of momentum and of Nesterov's form of it. */
export interface MomentumOptions {
  readonly rate: number
  /** Of the velocity that is left after a step. */
  readonly momentum: number
}

/** Throws on options that are wrong. */
export const checkMomentum = (who: string, options: MomentumOptions): void =>
  assertOptions(who, options, { rate: positive, momentum: belowOne })

/** `v ← μ·v + g`, values below 1e-36 flushed. */
export const velocity = (mu: number, gradient: Expr, slots: SlotValues): Expr =>
  flush(add(mul(mu, slotOf(slots, 'velocity')), gradient), momentFloor)

/**
 * `v ← μ·v + g; θ ← θ − rate·v`: the rate multiplies the velocity, so that a schedule acts at once. Throws on a rate that is not above 0
 * and a momentum outside [0, 1).
 * @source Polyak 1964; in the form of PyTorch's SGD with dampening 0, not that of Sutskever et al. 2013, where the rate is inside v.
 */
export const momentum = (options: MomentumOptions): Optimiser => {
  checkMomentum('momentum', options)
  const { rate: base, momentum: mu } = options
  return {
    name: 'momentum',
    rate: base,
    slots: [{ name: 'velocity', shape: perParameter, init: 0 }],
    update: ({ gradient, params, slots, rate = base }) => {
      const v = velocity(mu, gradient, slots)
      return { params: sub(params, mul(rate, v)), slots: { velocity: v } }
    },
  }
}
