/** The gated recurrent unit. */
import type { Expr } from '../graph/expr.js'
import { add, dot, mul, sigmoid, sliceLast, sub, tanh } from '../graph/ops.js'
import { assertOptions, oneOfNames, optional, wholeFrom } from '../graph/options.js'
import type { Cell } from './cell.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import { biases, weights } from './sideBySide.js'

/** Sizes, variant and initial values of a GRU. */
export interface GruOptions {
  readonly units: number
  /**
   * Where the reset gate acts: on the state `before` its product with the candidate's weights, as the paper has it, or on the product
   * `after` it, as cuDNN, PyTorch and Keras compute it, with a second bias inside. `before` when absent.
   */
  readonly reset?: 'before' | 'after'
  readonly initialiser: InitialiserName
  /** Of the weights from state to state; that of the others when absent. `orthogonal` is drawn for each gate. */
  readonly recurrentInitialiser?: InitialiserName
}

const gates = ['reset', 'update', 'candidate'] as const

/** Rules of `GruOptions`. */
export const gruRules = {
  units: wholeFrom(1),
  reset: optional(oneOfNames(['before', 'after'])),
  initialiser: initialiserRule,
  recurrentInitialiser: optional(initialiserRule),
} as const

/**
 * With `i = x · weight + bias` and the columns of reset, update and candidate side by side (PyTorch's order):
 * `r = σ(iᵣ + h·Rᵣ)`, `u = σ(iᵤ + h·Rᵤ)`, `h' = (1 − u) ⊙ c + u ⊙ h`, where the candidate is `c = tanh(i_c + (r ⊙ h)·R_c)` for
 * `reset: 'before'` (Cho et al. 2014, arXiv:1406.1078, equations 5 to 8) and `c = tanh(i_c + r ⊙ (h·R_c + b_c))` for `'after'`
 * (cuDNN and PyTorch; there the second bias `recurrentBias` [3 units] is also added in the gates). `weight` [inputs, 3 units], `bias`
 * [3 units], `recurrent` [units, 3 units]. Throws on impossible sizes and unknown names.
 */
export const gru = (options: GruOptions): Cell => {
  assertOptions('gru', options, gruRules)
  const { units, reset = 'before', initialiser, recurrentInitialiser = initialiser } = options
  const part = (x: Expr, gate: 0 | 1 | 2): Expr => sliceLast(x, gate * units, units)
  const blend = (u: Expr, candidate: Expr, state: Expr): Expr => add(mul(sub(1, u), candidate), mul(u, state))
  return {
    kind: 'gru',
    units,
    parameters: (inputs) => {
      const given = { inputs, units, parts: gates, initialiser }
      const carried = { inputs: units, units, parts: gates, initialiser: recurrentInitialiser }
      const second = reset === 'after' ? [biases('recurrentBias', carried)] : []
      return [weights('weight', given), biases('bias', given), weights('recurrent', carried), ...second]
    },
    step: (own) => {
      const [weight, bias, recurrent] = [own('weight'), own('bias'), own('recurrent')]
      if (reset === 'after') {
        const second = own('recurrentBias')
        return (state, x) => {
          const given = dot(x, weight, { init: bias })
          const carried = dot(state, recurrent, { init: second })
          const r = sigmoid(add(part(given, 0), part(carried, 0)))
          const u = sigmoid(add(part(given, 1), part(carried, 1)))
          return blend(u, tanh(add(part(given, 2), mul(r, part(carried, 2)))), state)
        }
      }
      const [ofGates, ofCandidate] = [sliceLast(recurrent, 0, 2 * units), part(recurrent, 2)]
      return (state, x) => {
        const given = dot(x, weight, { init: bias })
        const both = sigmoid(add(sliceLast(given, 0, 2 * units), dot(state, ofGates)))
        const [r, u] = [part(both, 0), part(both, 1)]
        return blend(u, tanh(add(part(given, 2), dot(mul(r, state), ofCandidate))), state)
      }
    },
  }
}
