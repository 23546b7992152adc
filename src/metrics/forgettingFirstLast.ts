import * as E from 'fp-ts/lib/Either.js'
import { meanOverEarlier } from './earlier.js'
import { at, type Matrix, squareMatrix } from './matrix.js'
import { type Metric, measured } from './metric.js'

/** Forgetting against the accuracy just after training: backward transfer with the sign reversed. */
export const forgettingFirstLast: Metric = {
  id: 'forgetting.first_last',
  title: 'forgetting, first − last',
  formula: '(1/(T−1)) Σ_{j<T} (R[j][j] − R[T][j])',
  source: 'Avalanche (evaluation/metrics/forgetting_bwt.py), "forgetting"',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'lower',
  measure: (run) =>
    measured(
      E.map((matrix: Matrix) => meanOverEarlier(matrix, (_, j) => at(matrix, j, j) - at(matrix, matrix.length - 1, j)))(
        squareMatrix(run),
      ),
    ),
}
