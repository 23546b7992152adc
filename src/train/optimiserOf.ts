import { adam } from '../optim/adam.js'
import type { Optimiser } from '../optim/optimiser.js'
import { sgd } from '../optim/sgd.js'
import type { Benchmark } from './benchmark.js'

/** The optimiser that a benchmark file describes. */
export const optimiserOf = (o: Benchmark['optimiser']): Optimiser => (o.name === 'adam' ? adam(o) : sgd(o))
