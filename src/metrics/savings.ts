import * as E from 'fp-ts/lib/Either.js'
import { completeMatrix } from './matrix.js'
import { type Metric, meanOf, measured, type Run } from './metric.js'

type Relearning = NonNullable<Run['transfer']>['relearn'][number]

const saved = ({ context, criterion, first, again }: Relearning): E.Either<string, number> => {
  const name = `context ${context + 1}`
  const level = `${(100 * criterion).toFixed(1)} %`
  // leaving such contexts out would average over the easy ones only
  if (first === null) return E.left(`${name} never reached ${level}`)
  if (again === null) return E.left(`${name} did not reach ${level} again`)
  return first === 0 ? E.left(`${name} was at ${level} before it was trained`) : E.right(1 - again / first)
}

const value = (run: Run): E.Either<string, number> => {
  const complete = completeMatrix(run)
  if (E.isLeft(complete)) return complete
  if (run.transfer === undefined || run.transfer.relearn.length === 0)
    return E.left('the benchmark does not measure relearning')
  return E.map(meanOf)(E.sequenceArray(run.transfer.relearn.map(saved)))
}

/**
 * How many of the steps that a context takes from scratch are saved when it is learned again: 1 all of them, 0 none. Both times it is
 * learned naively, on the parameters of the network: what a method stores or predicts with beside them is not in it.
 */
export const savings: Metric = {
  id: 'relearning.savings',
  title: 'savings on relearning',
  formula:
    'mean over contexts of 1 − n_again / n_first, steps of naive training to the same accuracy from the final and from the initial parameters of the network',
  source: 'Ebbinghaus 1885 (method of savings), in steps of training',
  domain: 'complete runs that measure relearning, each context reaching its criterion both times',
  unit: 'ratio',
  better: 'higher',
  measure: (run) => measured(value(run)),
}
