/** The part of a benchmark file that says how parameters are changed: the optimiser, and what stands before its step. */
import { list } from '../codec/list.js'
import { countable, decay as belowOne, fraction, fromOne, nonNegative, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { tagged } from '../codec/tagged.js'

const boundary = withDefault(oneOf(['keep', 'reset']), 'keep')

/** Factors of the rate; each goes on (`keep`) or begins again (`reset`) when an experience ends, whatever moments do. */
const schedule = tagged('kind', {
  constant: {},
  step: { every: countable, gamma: fraction, boundary },
  exponential: { gamma: fraction, boundary },
  // restarts: what each period is longer by; absent: one period, then the least
  cosine: { steps: countable, least: withDefault(fraction, 0), restarts: optional(fromOne), boundary },
  'warm-up': { steps: countable, boundary },
  '1/t': { decay: nonNegative, boundary },
})

const clip = tagged('kind', { value: { limit: positive }, norm: { limit: positive } })

const decay = tagged('kind', {
  l1: { strength: nonNegative },
  l2: { strength: nonNegative },
  decoupled: { strength: nonNegative },
  anchor: {
    strength: nonNegative,
    anchor: withDefault(oneOf(['start', 'boundary']), 'start'),
    form: withDefault(oneOf(['coupled', 'decoupled']), 'coupled'),
  },
})

/** What every optimiser may have. Absent lists leave its steps alone, to the bit. */
const common = {
  boundary,
  schedule: optional(list(schedule, { min: 1 })),
  clip: optional(list(clip, { min: 1 })),
  decay: optional(list(decay, { min: 1 })),
}

const beta1 = withDefault(belowOne, 0.9)
const beta2 = withDefault(belowOne, 0.999)
const epsilon = withDefault(positive, 1e-8)

/**
 * The optimiser of the network. `boundary` says what becomes of its moments when an experience ends. A step goes: `schedule` (factors
 * of the rate, which multiply), `clip` (of the gradient), `decay`, each list from first to last, then the optimiser.
 */
export const optimiser = tagged('name', {
  sgd: { rate: positive, ...common },
  momentum: { rate: positive, momentum: withDefault(belowOne, 0.9), ...common },
  nesterov: { rate: positive, momentum: withDefault(belowOne, 0.9), ...common },
  rmsprop: { rate: positive, rho: withDefault(belowOne, 0.9), epsilon, ...common },
  adam: { rate: positive, beta1, beta2, epsilon, ...common },
  adamW: { rate: positive, beta1, beta2, epsilon, weightDecay: withDefault(nonNegative, 0.01), ...common },
})
