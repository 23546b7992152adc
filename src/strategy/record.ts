/**
 * The shape of strategy records as a value: what plugins hand over is checked by this before anything runs, because a misspelt
 * hook of a JavaScript plugin would be ignored in silence. The types in `strategy.ts` say the same to the compiler.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { choose } from '../codec/choose.js'
import { closed } from '../codec/closed.js'
import { decodeWith } from '../codec/decode.js'
import { list } from '../codec/list.js'
import { count, finite, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional } from '../codec/optional.js'
import { describe } from '../codec/problem.js'
import { table } from '../codec/table.js'
import { tagged } from '../codec/tagged.js'
import { text } from '../codec/text.js'

const where = (name: string, holds: (u: unknown) => boolean): t.Type<unknown> =>
  new t.Type<unknown>(
    name,
    (u): u is unknown => holds(u),
    (u, c) => (holds(u) ? t.success(u) : t.failure(u, c)),
    t.identity,
  )

const isFunction = (u: unknown): boolean => typeof u === 'function'
const made = where('a function', isFunction)
const hook = optional(made)
const anything = where('a value', (u) => u !== undefined)
const numberOrFunction = choose(natural, (u) => typeof u === 'number', made)

const granted = optional(oneOf([true]))

const rights = closed('rights, e.g. { boundary: true } or {}', {
  boundary: granted,
  context: granted,
  testContext: granted,
  experience: granted,
})

const step = {
  draws: optional(table(optional(closed('a draw', { from: text, rows: numberOrFunction, pick: made })))),
  weight: hook,
  objective: hook,
  gradient: hook,
  commit: hook,
  accumulate: hook,
  hostMacs: hook,
  keep: optional(table(optional(closed('a keep', { from: text, admit: made })))),
  observe: hook,
}

const phase = closed('a phase', {
  name: text,
  when: tagged('on', { rows: { every: count }, start: {}, boundary: {}, query: {} }),
  steps: numberOrFunction,
  budget: optional(closed('a budget', { macs: nonNegative })),
  optimiser: optional(closed('an optimiser', { name: text, rate: nonNegative, slots: list(anything), update: made })),
  network: optional(oneOf(['fresh'])),
  fresh: optional(list(text)),
  ...step,
})

const init = choose(
  finite,
  (u) => typeof u === 'number',
  where("'params' or a function", (u) => u === 'params' || isFunction(u)),
)

const strategy = closed('a strategy record { name, rights, ... }', {
  name: text,
  rights,
  ...step,
  loss: optional(where('null or a function', (u) => u === null || isFunction(u))),
  predict: hook,
  phases: optional(list(phase)),
  merges: optional(list(text)),
  refuse: hook,
  statistics: optional(table(closed('a statistic', { shape: made }))),
  tensors: optional(table(closed('a tensor', { shape: made, init }))),
  buffers: optional(table(closed('a buffer', { capacity: natural, columns: table(made) }))),
  feeds: optional(table(closed('a feed', { shape: made, from: made, macs: hook }))),
  host: optional(closed('a host', { codec: optional(anything), init: anything })),
})

const method = new t.Type<readonly unknown[]>(
  'a list of strategy records (make returns [] or [{ name, rights, ... }])',
  (u): u is readonly unknown[] => Array.isArray(u),
  (u, c) => (Array.isArray(u) ? list(strategy).validate(u, c) : t.failure(u, c)),
  t.identity,
)

/** Everything wrong with what `make` of a plugin returned, one text each: keys, rights, triggers, and values of the wrong kind. */
export const recordProblems = (returned: unknown): readonly string[] => {
  const decoded = decodeWith(method, returned)
  return E.isLeft(decoded) ? decoded.left.map(describe) : []
}
