/** Counted costs, as metrics. Nothing is timed. */
import * as E from 'fp-ts/lib/Either.js'
import { completeMatrix } from './matrix.js'
import { type Metric, measured, type Run } from './metric.js'

const phaseMacs = ({ costs }: Run): number => Object.values(costs.phases).reduce((sum, { macs }) => sum + macs, 0)

interface Cost {
  readonly id: string
  readonly title: string
  readonly formula: string
  readonly unit: 'macs' | 'bytes'
  readonly of: (run: Run) => number
}

const cost = ({ id, title, formula, unit, of }: Cost): Metric => ({
  id,
  title,
  formula,
  source: "counted by the engine from the compiled steps' graphs",
  domain: 'every complete run',
  unit,
  better: 'lower',
  measure: (run) => measured(E.map(() => of(run))(completeMatrix(run))),
})

/** Steps on the incoming batches, replayed rows included. */
export const trainingMacs = cost({
  id: 'cost.training',
  title: 'training',
  formula: 'multiply-accumulates of the steps on incoming batches, replayed rows included',
  unit: 'macs',
  of: ({ costs }) => costs.training.macs,
})

/** Everything that happens between incoming batches. */
export const phasesMacs = cost({
  id: 'cost.phases',
  title: 'phases',
  formula: 'multiply-accumulates of all phases: consolidation, Fisher information, sleep',
  unit: 'macs',
  of: phaseMacs,
})

/** All that was spent to learn: the axis on which methods are compared. */
export const learningMacs = cost({
  id: 'cost.learning',
  title: 'compute',
  formula: 'cost.training + cost.phases',
  unit: 'macs',
  of: (run) => run.costs.training.macs + phaseMacs(run),
})

/** What measuring cost; no part of learning. */
export const evaluationMacs = cost({
  id: 'cost.evaluation',
  title: 'evaluation',
  formula: 'multiply-accumulates of all evaluations on test data',
  unit: 'macs',
  of: ({ costs }) => costs.evaluation.macs,
})

/** What the method keeps beyond the network and its optimiser. */
export const keptBytes = cost({
  id: 'memory.method',
  title: 'memory',
  formula: 'bytes kept between steps beyond the network and its optimiser: strategy tensors + buffers',
  unit: 'bytes',
  of: ({ costs: { bytes } }) => bytes.strategy + bytes.buffers,
})

/** Everything that lives between steps. */
export const totalBytes = cost({
  id: 'memory.total',
  title: 'all memory',
  formula: 'bytes kept between steps: parameters + optimiser + strategy tensors + buffers',
  unit: 'bytes',
  of: ({ costs: { bytes } }) => bytes.parameters + bytes.optimiser + bytes.strategy + bytes.buffers,
})
