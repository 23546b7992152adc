import * as E from 'fp-ts/lib/Either.js'
import { finalRow } from './matrix.js'
import { type Metric, meanOf, measured } from './metric.js'

/** The headline: how well all contexts are known at the end. */
export const averageAccuracy: Metric = {
  id: 'accuracy.average',
  title: 'average accuracy',
  formula: '(1/T) Σ_j R[T][j]',
  source: 'Lopez-Paz & Ranzato 2017 (GEM), ACC',
  domain: 'every complete run',
  unit: 'fraction',
  better: 'higher',
  measure: (run) => measured(E.map(meanOf)(finalRow(run))),
}
