import * as E from 'fp-ts/lib/Either.js'
import { at, type Matrix, squareMatrix } from './matrix.js'
import { type Metric, meanOf, measured } from './metric.js'

/** Plasticity: how well each context is known just after it was trained. */
export const learningAccuracy: Metric = {
  id: 'accuracy.learning',
  title: 'learning accuracy',
  formula: '(1/T) Σ_j R[j][j]',
  source: 'Riemer et al. 2019 (MER), LA',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'higher',
  measure: (run) =>
    measured(E.map((matrix: Matrix) => meanOf(matrix.map((_, j) => at(matrix, j, j))))(squareMatrix(run))),
}
