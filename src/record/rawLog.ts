/**
 * What one seed of one method measured, before it is given a name, a hash and a manifest. Everything that a report
 * shows is a pure function of it.
 */
import * as t from 'io-ts'
import { type ClosedOf, closed } from '../codec/closed.js'
import { list } from '../codec/list.js'
import { finite, fraction, natural } from '../codec/number.js'
import { optional } from '../codec/optional.js'
import { table } from '../codec/table.js'
import { tagged } from '../codec/tagged.js'
import { sha256Text, text } from '../codec/text.js'
import { nullable } from './nullable.js'

const rowsPerSource = table(natural)

/** Accuracy on one context while it was being learned, after the given numbers of steps on it. */
const curve = closed('a learning curve', {
  context: natural,
  steps: list(natural),
  accuracy: list(fraction),
})

/** Steps to the accuracy `criterion` on a context the first time, and again at the end of the run; null: never reached. */
const relearning = closed('a relearning', {
  context: natural,
  criterion: fraction,
  first: nullable(natural),
  again: nullable(natural),
})

const experience = closed('an experience', {
  index: natural,
  context: new t.Type<number>(
    'a context index, or -1 when contexts are merged',
    (u): u is number => u === -1 || natural.is(u),
    (u, c) => (u === -1 ? t.success(-1) : natural.validate(u, c)),
    t.identity,
  ),
  steps: natural,
  loss: nullable(closed('a loss', { first: finite, last: finite, mean: finite })),
  terms: table(finite),
})

/** What a part of a run did. Optional: files from before it was counted stay valid. */
const work = {
  macs: natural,
  operations: optional(natural),
  traffic: optional(closed('bytes moved', { read: natural, written: natural, peak: natural })),
}

const phaseCost = closed('the cost of a phase', { ...work, steps: natural, rows: rowsPerSource })

const trace = closed('a trace', {
  strategy: text,
  phase: text,
  experience: natural,
  asked: natural,
  granted: natural,
  macs: natural,
  values: table(
    new t.Type<number | Readonly<Record<string, number>>>(
      'a finite number or a table of them',
      (u): u is number | Readonly<Record<string, number>> => finite.is(u) || table(finite).is(u),
      (u, c) => (typeof u === 'object' ? table(finite).validate(u, c) : finite.validate(u, c)),
      t.identity,
    ),
  ),
})

/** Fields that a raw log and a result file share; each is documented in docs/results.md. */
export const rawLogFields = {
  status: tagged('kind', { complete: {}, diverged: { experience: natural, step: natural } }),
  accuracy: closed('accuracies', {
    matrix: list(list(fraction)),
    untrained: list(fraction),
    // only where it was measured
    withinContext: optional(list(list(fraction))),
  }),
  // optional: files from before it was recorded stay valid
  parameters: optional(closed('the final parameters', { sha256: sha256Text })),
  experiences: list(experience),
  costs: closed('costs', {
    training: closed('the cost of training', work),
    phases: table(phaseCost),
    evaluation: closed('the cost of evaluation', work),
    bytes: closed('bytes kept between steps', {
      parameters: natural,
      optimiser: natural,
      strategy: natural,
      buffers: natural,
    }),
    rowsRead: rowsPerSource,
  }),
  traces: list(trace),
  transfer: optional(closed('transfer', { curves: list(curve), scratch: list(curve), relearn: list(relearning) })),
}

/** What one seed measured. A diverged run holds only what was measured before it diverged. */
export type RawLog = ClosedOf<typeof rawLogFields>
