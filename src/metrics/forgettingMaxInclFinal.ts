import * as E from 'fp-ts/lib/Either.js'
import { meanOverEarlier } from './earlier.js'
import { at, type Matrix, squareMatrix } from './matrix.js'
import { type Metric, measured } from './metric.js'

/** Forgetting against the best accuracy ever, the last included: never negative, so that it hides improvement. */
export const forgettingMaxInclFinal: Metric = {
  id: 'forgetting.max_incl_final',
  title: 'forgetting, maximum includes the last',
  formula: '(1/(T−1)) Σ_{j<T} (max_{l≤T} R[l][j] − R[T][j])',
  source: 'Mammoth (utils/metrics.py) and PyCIL (trainer.py), "forgetting"',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'lower',
  measure: (run) =>
    measured(
      E.map((matrix: Matrix) =>
        meanOverEarlier(matrix, (column, j) => Math.max(...column) - at(matrix, matrix.length - 1, j)),
      )(squareMatrix(run)),
    ),
}
