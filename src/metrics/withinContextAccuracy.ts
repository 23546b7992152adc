import * as E from 'fp-ts/lib/Either.js'
import { finalRow } from './matrix.js'
import { type Metric, meanOf, measured, type Run } from './metric.js'

/** Accuracies on all contexts after the last experience of a complete run, among the outputs of each row's own context. */
const finalWithin = (run: Run): E.Either<string, readonly number[]> =>
  E.chain((): E.Either<string, readonly number[]> => {
    const last = run.accuracy.withinContext?.at(-1)
    return last === undefined || last.length === 0 ? E.left('within-context was not measured') : E.right(last)
  })(finalRow(run))

/** What a class-incremental run would score were the contexts told at test. */
export const withinContextAccuracy: Metric = {
  id: 'accuracy.within',
  title: 'average accuracy within contexts',
  formula: "(1/T) Σ_j W[T][j], W as R when only the outputs of the row's own context compete",
  source: 'Buzzega et al. 2020 (DER), the task-incremental columns of class-incremental runs',
  domain: 'complete runs that measure within-context',
  unit: 'fraction',
  better: 'higher',
  measure: (run) => measured(E.map(meanOf)(finalWithin(run))),
}
