import * as E from 'fp-ts/lib/Either.js'
import { type Matrix, squareMatrix } from './matrix.js'
import { type Metric, meanOf, measured } from './metric.js'
import { seenAccuracy } from './seenAccuracy.js'

/** How well the contexts seen so far are known, averaged over the stream. */
export const incrementalAccuracy: Metric = {
  id: 'accuracy.incremental',
  title: 'average incremental accuracy',
  formula: '(1/T) Σ_i (1/i) Σ_{j≤i} R[i][j]',
  source: 'Rebuffi et al. 2017 (iCaRL), over contexts of equal weight',
  domain: 'complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'higher',
  measure: (run) => measured(E.map((matrix: Matrix) => meanOf(seenAccuracy(matrix)))(squareMatrix(run))),
}
