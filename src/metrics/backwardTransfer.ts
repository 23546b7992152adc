import * as E from 'fp-ts/lib/Either.js'
import { meanOverEarlier } from './earlier.js'
import { at, type Matrix, squareMatrix } from './matrix.js'
import { type Metric, measured } from './metric.js'

/** How training on later contexts changed earlier ones; negative means forgetting. */
export const backwardTransfer: Metric = {
  id: 'transfer.backward',
  title: 'backward transfer',
  formula: '(1/(T−1)) Σ_{j<T} (R[T][j] − R[j][j])',
  source: 'Lopez-Paz & Ranzato 2017 (GEM), BWT',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'higher',
  measure: (run) =>
    measured(
      E.map((matrix: Matrix) => meanOverEarlier(matrix, (_, j) => at(matrix, matrix.length - 1, j) - at(matrix, j, j)))(
        squareMatrix(run),
      ),
    ),
}
