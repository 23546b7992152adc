/** The columns of the main table. */
import { averageAccuracy } from '../metrics/averageAccuracy.js'
import { backwardTransfer } from '../metrics/backwardTransfer.js'
import { keptBytes, learningMacs, phasesMacs } from '../metrics/costs.js'
import { forgettingChaudhry } from '../metrics/forgettingChaudhry.js'
import { forwardTransfer } from '../metrics/forwardTransfer.js'
import { learningAccuracy } from '../metrics/learningAccuracy.js'
import type { Metric } from '../metrics/metric.js'
import { savings } from '../metrics/savings.js'
import { transferRatio } from '../metrics/transferRatio.js'
import { withinContextAccuracy } from '../metrics/withinContextAccuracy.js'
import { type Cell, cell, type MethodRuns } from './summary.js'

/** A metric with its cells, one per method. */
export interface Column {
  readonly metric: Metric
  readonly heading: string
  readonly cells: readonly Cell[]
}

const candidates: readonly { readonly metric: Metric; readonly heading: string; readonly optional?: true }[] = [
  { metric: averageAccuracy, heading: 'accuracy' },
  { metric: withinContextAccuracy, heading: 'within', optional: true },
  { metric: learningAccuracy, heading: 'learning' },
  { metric: forgettingChaudhry, heading: 'forgetting' },
  { metric: backwardTransfer, heading: 'backward' },
  { metric: forwardTransfer, heading: 'forward', optional: true },
  { metric: transferRatio, heading: 'transfer', optional: true },
  { metric: savings, heading: 'savings', optional: true },
  { metric: learningMacs, heading: 'compute' },
  { metric: phasesMacs, heading: 'phases' },
  { metric: keptBytes, heading: 'memory' },
]

/** The main table: accuracy, forgetting and costs always; accuracy within contexts, transfer and savings where at least one method has a value. */
export const columns = (methods: readonly MethodRuns[]): readonly Column[] =>
  candidates.flatMap(({ metric, heading, optional }) => {
    const cells = methods.map((method) => cell(metric, method))
    return optional && cells.every(({ kind }) => kind === 'undefined') ? [] : [{ metric, heading, cells }]
  })

/** The metrics of the main table that have a value for no method at all, with the reason they share. */
export const absent = (
  methods: readonly MethodRuns[],
): readonly { readonly metric: Metric; readonly reason: string }[] => {
  const forward = methods.filter(({ complete }) => complete.length > 0).map((method) => cell(forwardTransfer, method))
  const [first] = forward
  return first?.kind === 'undefined' && forward.every(({ kind }) => kind === 'undefined')
    ? [{ metric: forwardTransfer, reason: first.reason }]
    : []
}
