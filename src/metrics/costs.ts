/** Counted costs, as metrics. Nothing is timed. */
import * as E from 'fp-ts/lib/Either.js'
import type { Metric, Run } from './metric.js'
import { costMetric, did, macsOf } from './work.js'

type Cost = Pick<Metric, 'id' | 'title' | 'formula' | 'unit'> & { readonly of: (run: Run) => number }

const cost = ({ of, ...named }: Cost): Metric =>
  costMetric({
    ...named,
    source: "counted by the engine from the compiled steps' graphs",
    domain: 'every complete run',
    of: (run) => E.right(of(run)),
  })

/** Steps on the incoming batches, replayed rows included. */
export const trainingMacs = cost({
  id: 'cost.training',
  title: 'training',
  formula: `multiply-accumulates of ${did.training}`,
  unit: 'macs',
  of: (run) => macsOf(run, ['training']),
})

/** Everything that happens between incoming batches. */
export const phasesMacs = cost({
  id: 'cost.phases',
  title: 'phases',
  formula: `multiply-accumulates of ${did.phases}`,
  unit: 'macs',
  of: (run) => macsOf(run, ['phases']),
})

/** All that was spent to learn: the axis on which methods are compared. */
export const learningMacs = cost({
  id: 'cost.learning',
  title: 'compute',
  formula: 'cost.training + cost.phases',
  unit: 'macs',
  of: (run) => macsOf(run, ['training', 'phases']),
})

/** What measuring cost, learning on copies included; no part of learning. */
export const evaluationMacs = cost({
  id: 'cost.evaluation',
  title: 'evaluation',
  formula: `multiply-accumulates of ${did.evaluation}`,
  unit: 'macs',
  of: (run) => macsOf(run, ['evaluation']),
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
