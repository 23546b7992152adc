/** The optimiser that a benchmark file describes. */
import { adam } from '../optim/adam.js'
import { adamW } from '../optim/adamW.js'
import { chain } from '../optim/chain.js'
import { clipByNorm } from '../optim/clipByNorm.js'
import { clipByValue } from '../optim/clipByValue.js'
import { decoupledDecay } from '../optim/decoupledDecay.js'
import { l1 } from '../optim/l1.js'
import { l2 } from '../optim/l2.js'
import { momentum } from '../optim/momentum.js'
import { nesterov } from '../optim/nesterov.js'
import type { Optimiser } from '../optim/optimiser.js'
import { rmsprop } from '../optim/rmsprop.js'
import { constant } from '../optim/schedule/constant.js'
import { cosine } from '../optim/schedule/cosine.js'
import { exponential } from '../optim/schedule/exponential.js'
import { inverseTime } from '../optim/schedule/inverseTime.js'
import { step } from '../optim/schedule/step.js'
import { warmUp } from '../optim/schedule/warmUp.js'
import { sgd } from '../optim/sgd.js'
import { towardsAnchor } from '../optim/towardsAnchor.js'
import type { Transform } from '../optim/transform.js'
import type { Benchmark } from './benchmark.js'

type Described = Benchmark['optimiser']
type Part<K extends 'schedule' | 'clip' | 'decay'> = NonNullable<Described[K]>[number]

/** Schedules, then clipping, then decay, each kind in the order of its list; then the step. */
export const optimiserOf = ({ boundary: _, schedule = [], clip = [], decay = [], ...plain }: Described): Optimiser => {
  const parts = [...schedule.map(scheduleOf), ...clip.map(clipOf), ...decay.map(decayOf)]
  const optimiser = plainOf(plain)
  return parts.length === 0 ? optimiser : chain(parts, optimiser)
}

type Plain<D = Described> = D extends Described ? Omit<D, 'boundary' | 'schedule' | 'clip' | 'decay'> : never

const named = <D extends { readonly name: string }>({ name: _, ...options }: D): Omit<D, 'name'> => options

const kindless = <D extends { readonly kind: string }>({ kind: _, ...options }: D): Omit<D, 'kind'> => options

const plainOf = (described: Plain): Optimiser => {
  switch (described.name) {
    case 'sgd':
      return sgd(named(described))
    case 'momentum':
      return momentum(named(described))
    case 'nesterov':
      return nesterov(named(described))
    case 'rmsprop':
      return rmsprop(named(described))
    case 'adam':
      return adam(named(described))
    case 'adamW':
      return adamW(named(described))
  }
}

const scheduleOf = (described: Part<'schedule'>): Transform => {
  switch (described.kind) {
    case 'constant':
      return constant()
    case 'step':
      return step(kindless(described))
    case 'exponential':
      return exponential(kindless(described))
    case 'cosine':
      return cosine(kindless(described))
    case 'warm-up':
      return warmUp(kindless(described))
    case '1/t':
      return inverseTime(kindless(described))
  }
}

const clipOf = (described: Part<'clip'>): Transform =>
  described.kind === 'norm' ? clipByNorm(kindless(described)) : clipByValue(kindless(described))

const decayOf = (described: Part<'decay'>): Transform => {
  switch (described.kind) {
    case 'l1':
      return l1(kindless(described))
    case 'l2':
      return l2(kindless(described))
    case 'decoupled':
      return decoupledDecay(kindless(described))
    case 'anchor':
      return towardsAnchor(kindless(described))
  }
}
