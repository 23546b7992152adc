/** The result file of one run: one method, one seed. */
import * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { slug, text } from '../codec/text.js'
import { consistency } from './consistency.js'
import { rawLogFields } from './rawLog.js'

/** Version of the file format; a reader refuses every other. */
export const RESULT_SCHEMA = 'engram/result/1'

type Configuration = Readonly<Record<string, unknown>>

const isObject = (u: unknown): u is Configuration => typeof u === 'object' && u !== null && !Array.isArray(u)

const configuration = new t.Type<Configuration>(
  'an object (the configuration)',
  isObject,
  (u, c) => (isObject(u) ? t.success(u) : t.failure(u, c)),
  t.identity,
)

const manifest = closed('a manifest', {
  engine: text,
  node: text,
  machine: text,
  startedAt: text,
  seconds: nonNegative,
  workers: count,
  version: text,
})

/** Fields of a result file, as docs/results.md documents them. */
export const resultFields = {
  schema: oneOf([RESULT_SCHEMA]),
  benchmark: slug,
  label: slug,
  seed: natural,
  hash: text,
  configuration,
  ...rawLogFields,
  manifest,
}

/** A result file: closed, finite, and consistent with itself; all its problems are reported at once. */
export const result = checked(closed('a result', resultFields), consistency)

/** One run: a raw log with its name, configuration and manifest. */
export type Result = t.TypeOf<typeof result>
