/** What the numbers of outputs mean in a benchmark: seldom the digits themselves. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Result } from '../../record/result.js'

const part = t.type({
  scenario: t.type({ incremental: t.string, contexts: t.intersection([t.type({ kind: t.string }), t.UnknownRecord]) }),
})

/** A sentence on how outputs are numbered, as far as the configuration says it. */
export const outputsNote = ({ configuration }: Pick<Result, 'configuration'>): string => {
  const decoded = part.decode(configuration)
  if (E.isLeft(decoded))
    return 'Outputs are numbered in the order of the stream, so that they are not always the classes.'
  const { incremental, contexts } = decoded.right.scenario
  if (contexts.kind !== 'split') {
    return incremental === 'domain'
      ? 'An output is a class of the data set, the same in all contexts.'
      : 'Outputs are numbered in the order of the stream: every context has its own, one per class.'
  }
  const order =
    contexts['order'] === 'drawn'
      ? ' which is drawn for each seed'
      : typeof contexts['order'] === 'object'
        ? ' which is given for each seed'
        : ''
  if (incremental === 'domain')
    return 'All contexts share the outputs: an output is the place of a class within its context, not a class of the data set.'
  return order === ''
    ? 'Outputs are numbered in the order of the stream, which here is that of the classes.'
    : `Outputs are numbered in the order of the stream,${order}: output 0 is the first class of the first context, not the class 0 of the data set.`
}
