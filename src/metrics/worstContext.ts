import * as E from 'fp-ts/lib/Either.js'
import { finalRow } from './matrix.js'
import { type Metric, measured } from './metric.js'

/** The context that fared worst. */
export const worstContext: Metric = {
  id: 'accuracy.worst',
  title: 'worst context',
  formula: 'min_j R[T][j]',
  source: 'this framework; a mean can hide a context that was lost altogether',
  domain: 'every complete run',
  unit: 'fraction',
  better: 'higher',
  measure: (run) => measured(E.map((row: readonly number[]) => Math.min(...row))(finalRow(run))),
}
