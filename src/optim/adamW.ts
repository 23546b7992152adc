/** Adam with decoupled weight decay. */
import { assertOptions, belowOne, nonNegative, positive } from '../graph/options.js'
import { type AdamOptions, adam } from './adam.js'
import { chain } from './chain.js'
import { decoupledDecay } from './decoupledDecay.js'
import type { Optimiser } from './optimiser.js'

/** Options of AdamW. */
export interface AdamWOptions extends AdamOptions {
  /** Share of each parameter that a step of rate 1 takes away. */
  readonly weightDecay: number
}

/**
 * `adam` on parameters that have decayed before the step: `θ ← θ − rate·λ·θ`, then Adam. The decay is multiplied by the rate and by
 * its schedule, as in PyTorch; in the paper it is multiplied by the schedule alone, so its λ is this one times the base rate. Throws as `adam`, and on a
 * decay below 0.
 * @source Loshchilov & Hutter 2019, algorithm 2.
 */
export const adamW = (options: AdamWOptions): Optimiser => {
  assertOptions('adamW', options, {
    rate: positive,
    beta1: belowOne,
    beta2: belowOne,
    epsilon: positive,
    weightDecay: nonNegative,
  })
  const { weightDecay, ...moments } = options
  return { ...chain([decoupledDecay({ strength: weightDecay })], adam(moments)), name: 'adamW' }
}
