import * as E from 'fp-ts/lib/Either.js'
import { meanOverEarlier } from './earlier.js'
import { at, type Matrix, squareMatrix } from './matrix.js'
import { type Metric, measured } from './metric.js'

/** Forgetting against the best accuracy before the last experience; negative when the last experience improved a context. */
export const forgettingChaudhry: Metric = {
  id: 'forgetting.chaudhry',
  title: 'forgetting',
  formula: '(1/(T−1)) Σ_{j<T} (max_{l<T} R[l][j] − R[T][j])',
  source: 'Chaudhry et al. 2018 (Riemannian walk), the forgetting measure at k = T',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'lower',
  measure: (run) =>
    measured(
      E.map((matrix: Matrix) =>
        meanOverEarlier(matrix, (column, j) => Math.max(...column.slice(0, -1)) - at(matrix, matrix.length - 1, j)),
      )(squareMatrix(run)),
    ),
}
