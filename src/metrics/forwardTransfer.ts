import * as E from 'fp-ts/lib/Either.js'
import { incremental } from './incremental.js'
import { at, squareMatrix } from './matrix.js'
import { type Metric, meanOf, measured, type Run } from './metric.js'

const value = (run: Run): E.Either<string, number> => {
  const kind = incremental(run)
  if (E.isLeft(kind)) return kind
  if (kind.right === 'class')
    return E.left(
      'class-incremental: outputs of classes not yet trained seldom win, whatever the contexts share, so that the formula mostly gives about −b',
    )
  const matrix = squareMatrix(run)
  if (E.isLeft(matrix)) return matrix
  const gains = run.accuracy.untrained.map((b, j) => (j === 0 ? 0 : at(matrix.right, j - 1, j) - b))
  return E.right(meanOf(gains.slice(1)))
}

/** How much a context is known before it is trained, against the untrained network. */
export const forwardTransfer: Metric = {
  id: 'transfer.forward',
  title: 'forward transfer',
  formula: '(1/(T−1)) Σ_{j≥2} (R[j−1][j] − b[j])',
  source:
    'Lopez-Paz & Ranzato 2017 (GEM), FWT; b is the initial network of the same seed, so that its mean over seeds is the mean over initialisations',
  domain: 'task- and domain-incremental complete runs whose experience i trains context i, at least two contexts',
  unit: 'fraction',
  better: 'higher',
  measure: (run) => measured(value(run)),
}
