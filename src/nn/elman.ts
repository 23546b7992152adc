/** The simple recurrent network. */
import { add, dot } from '../graph/ops.js'
import { assertOptions, optional, wholeFrom } from '../graph/options.js'
import { activations, type ActivationName, activationRule } from './activation.js'
import type { Cell } from './cell.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import { biases, weights } from './sideBySide.js'

/** Sizes and initial values of an Elman cell. */
export interface ElmanOptions {
  readonly units: number
  /** `tanh` when absent; Elman took the logistic function, `sigmoid`. */
  readonly activation?: ActivationName
  readonly initialiser: InitialiserName
  /** Of the weights from state to state; that of the others when absent. `orthogonal` keeps the length of what is carried. */
  readonly recurrentInitialiser?: InitialiserName
}

/** Rules of `ElmanOptions`. */
export const elmanRules = {
  units: wholeFrom(1),
  activation: optional(activationRule),
  initialiser: initialiserRule,
  recurrentInitialiser: optional(initialiserRule),
} as const

/**
 * `h' = f(x · weight + bias + h · recurrent)`: `weight` [inputs, units], `bias` [units], `recurrent` [units, units]. Elman 1990,
 * "Finding structure in time" (Cognitive Science 14), whose context units are the hidden units of the step before. The two
 * sums of products are rounded each for itself and then added. Throws on impossible sizes and unknown names.
 */
export const elman = (options: ElmanOptions): Cell => {
  assertOptions('elman', options, elmanRules)
  const { units, activation = 'tanh', initialiser, recurrentInitialiser = initialiser } = options
  const f = activations[activation]
  return {
    kind: 'elman',
    units,
    parameters: (inputs) => {
      const given = { inputs, units, parts: ['state'], initialiser }
      const carried = { inputs: units, units, parts: ['state'], initialiser: recurrentInitialiser }
      return [weights('weight', given), biases('bias', given), weights('recurrent', carried)]
    },
    step: (own) => (state, x) => f(add(dot(x, own('weight'), { init: own('bias') }), dot(state, own('recurrent')))),
  }
}
