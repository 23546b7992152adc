/** Which answer a run's scenario asks for, read from its configuration. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { oneOf } from '../codec/oneOf.js'
import type { Run } from './metric.js'

const part = t.type({ scenario: t.type({ incremental: oneOf(['task', 'domain', 'class']) }) })

/** The three kinds of van de Ven & Tolias (2019). */
export type Incremental = 'task' | 'domain' | 'class'

/** The scenario's kind, or why it is unknown. */
export const incremental = ({ configuration }: Pick<Run, 'configuration'>): E.Either<string, Incremental> => {
  const decoded = part.decode(configuration)
  return E.isRight(decoded)
    ? E.right(decoded.right.scenario.incremental)
    : E.left('the configuration does not say whether the scenario is task-, domain- or class-incremental')
}
