/** Every optimiser and every part that may stand before one, with options that show what they do. */
import { adam } from './adam.js'
import { adamW } from './adamW.js'
import { chain } from './chain.js'
import { clipByNorm } from './clipByNorm.js'
import { clipByValue } from './clipByValue.js'
import { decoupledDecay } from './decoupledDecay.js'
import { l1 } from './l1.js'
import { l2 } from './l2.js'
import { momentum } from './momentum.js'
import { nesterov } from './nesterov.js'
import type { Optimiser } from './optimiser.js'
import { rmsprop } from './rmsprop.js'
import { constant } from './schedule/constant.js'
import { cosine } from './schedule/cosine.js'
import { exponential } from './schedule/exponential.js'
import { inverseTime } from './schedule/inverseTime.js'
import { step } from './schedule/step.js'
import { warmUp } from './schedule/warmUp.js'
import { sgd } from './sgd.js'
import { towardsAnchor } from './towardsAnchor.js'
import type { Transform } from './transform.js'

/** An optimiser to look at: its name, the options it was made with, and how. */
export interface Sample {
  readonly name: string
  readonly options: ReadonlyMap<string, unknown>
  readonly make: () => Optimiser
}

const sample = <O extends object>(name: string, make: (options: O) => Optimiser, options: NoInfer<O>): Sample => ({
  name,
  options: new Map<string, unknown>(Object.entries(options)),
  make: () => make(options),
})

const rate = 0.25

/** A part before gradient descent, which shows it alone. */
const before = <O extends object>(name: string, make: (options: O) => Transform, options: NoInfer<O>): Sample => ({
  ...sample(name, (o: O) => chain([make(o)], sgd({ rate })), options),
  options: new Map<string, unknown>([...Object.entries(options), ['rate', rate]]),
})

const moments = { rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
const boundary = 'keep'

/** All of them; a part is before gradient descent. */
export const optimisers: readonly Sample[] = [
  sample('sgd', sgd, { rate }),
  sample('momentum', momentum, { rate, momentum: 0.9 }),
  sample('nesterov', nesterov, { rate, momentum: 0.9 }),
  sample('rmsprop', rmsprop, { rate, rho: 0.9, epsilon: 1e-8 }),
  sample('adam', adam, moments),
  sample('adamW', adamW, { ...moments, weightDecay: 0.125 }),
  before('clipByValue', clipByValue, { limit: 0.5 }),
  before('clipByNorm', clipByNorm, { limit: 1.5 }),
  before('l1', l1, { strength: 0.125 }),
  before('l2', l2, { strength: 0.125 }),
  before('decoupledDecay', decoupledDecay, { strength: 0.125 }),
  before('towardsAnchor, coupled', towardsAnchor, { strength: 0.125, anchor: 'start', form: 'coupled' }),
  before('towardsAnchor, decoupled', towardsAnchor, { strength: 0.125, anchor: 'start', form: 'decoupled' }),
  before('constant', constant, {}),
  before('step', step, { every: 3, gamma: 0.5, boundary }),
  before('exponential', exponential, { gamma: 0.75, boundary }),
  before('cosine', cosine, { steps: 6, least: 0.125, boundary }),
  before('cosine with restarts', cosine, { steps: 2, least: 0, restarts: 2, boundary }),
  before('warmUp', warmUp, { steps: 4, boundary }),
  before('inverseTime', inverseTime, { decay: 0.5, boundary }),
]
