import * as E from 'fp-ts/lib/Either.js'
import { completeMatrix } from './matrix.js'
import { type Metric, meanOf, measured, type Run } from './metric.js'

type Curve = NonNullable<Run['transfer']>['curves'][number]

/** Mean height of a learning curve over its steps, by trapezoids. */
const height = ({ steps, accuracy }: Curve): number => {
  const first = steps[0] ?? 0
  const last = steps[steps.length - 1] ?? 0
  const pieces = steps.slice(1).map((s, k) => {
    const width = s - (steps[k] ?? s)
    return (width * ((accuracy[k] ?? 0) + (accuracy[k + 1] ?? 0))) / 2
  })
  return pieces.reduce((sum, piece) => sum + piece, 0) / (last - first)
}

const ratio = (curve: Curve, scratch: Curve | undefined): E.Either<string, number> => {
  const name = `context ${curve.context + 1}`
  if (scratch === undefined) return E.left(`${name} was not learned from scratch`)
  if (curve.steps.length < 2) return E.left(`the curve of ${name} has fewer than two points`)
  if (curve.steps.join() !== scratch.steps.join())
    return E.left(`the two curves of ${name} were measured at different steps`)
  const alone = height(scratch)
  return alone === 1
    ? E.left(`${name} is perfect from scratch at every step`)
    : E.right((height(curve) - alone) / (1 - alone))
}

const value = (run: Run): E.Either<string, number> => {
  const complete = completeMatrix(run)
  if (E.isLeft(complete)) return complete
  const { transfer } = run
  if (transfer === undefined) return E.left('the benchmark does not measure learning curves')
  const later = transfer.curves.filter(({ context }) => context > 0)
  if (later.length === 0) return E.left('no curve of a context after the first')
  const ratios = later.map((curve) =>
    ratio(
      curve,
      transfer.scratch.find(({ context }) => context === curve.context),
    ),
  )
  return E.map(meanOf)(E.sequenceArray(ratios))
}

/** How much of what learning from scratch leaves undone is saved by having learned other contexts before. */
export const transferRatio: Metric = {
  id: 'transfer.ratio',
  title: 'transfer ratio',
  formula:
    '(1/(T−1)) Σ_{j≥2} (A_j − S_j) / (1 − S_j), A_j mean accuracy on context j while it is trained, S_j from scratch',
  source:
    'Wołczyk et al. 2021 (Continual World), forward transfer; trapezoids, without the first context, which has nothing to transfer from',
  domain: 'complete runs that measure learning curves, in the stream and from scratch, at the same steps',
  unit: 'ratio',
  better: 'higher',
  measure: (run) => measured(value(run)),
}
