import type * as t from 'io-ts'
import { checked, type Complaint } from '../codec/checked.js'
import { choose } from '../codec/choose.js'
import { closed } from '../codec/closed.js'
import { list } from '../codec/list.js'
import { count, finite, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { tagged } from '../codec/tagged.js'
import { flag, slug, text } from '../codec/text.js'
import { catalogue, datasetNames } from '../data/catalogue.js'
import { classOrder, orderComplaints } from './classOrder.js'

const isList = (u: unknown): boolean => Array.isArray(u)

const contexts = tagged('kind', {
  /** The classes are dealt to the contexts in order, `classesPerContext` at a time. */
  split: { classesPerContext: count, order: withDefault(classOrder, 'natural') },
  /** All classes, pixels in an order of each context's own, drawn by key; the first may keep the pixels as they are. */
  permuted: { count, firstIdentity: withDefault(flag, true) },
  /** All classes, images turned anticlockwise by an angle in degrees: listed, or `count` drawn in [0, maximum). */
  rotated: {
    /** Absent: bilinear. */
    interpolation: optional(oneOf(['bilinear', 'nearest'])),
    angles: choose(list(finite, { min: 1 }), isList, closed('drawn angles', { count, maximum: positive })),
  },
})

const reveals = closed('reveals', { boundary: optional(flag), context: optional(flag), testContext: optional(flag) })

const fields = closed('a scenario', {
  name: slug,
  title: optional(text),
  dataset: oneOf(datasetNames),
  incremental: oneOf(['task', 'domain', 'class']),
  contexts,
  reveals: withDefault(reveals, {}),
})

const complaints = (s: t.TypeOf<typeof fields>): readonly Complaint[] => {
  const { boundary = true, context = true, testContext } = s.reveals
  const found: Complaint[] = []
  const complain = (key: string, expected: string) => found.push({ at: ['reveals', key], expected })
  if (s.incremental === 'task' && !context)
    complain('context', 'true, because in task-incremental learning each context has its own outputs')
  if (s.incremental === 'task' && testContext === false)
    complain('testContext', 'true, because task-incremental means that the context is known at test')
  if (s.incremental !== 'task' && testContext === true)
    complain('testContext', `false, because ${s.incremental}-incremental means that the context is hidden at test`)
  if (context && !boundary) complain('boundary', 'true, because a context that is known tells its boundary')
  if (s.contexts.kind === 'split') {
    const { classes } = catalogue[s.dataset]
    if (classes % s.contexts.classesPerContext !== 0) {
      found.push({
        at: ['contexts', 'classesPerContext'],
        expected: `a divisor of the ${classes} classes of ${s.dataset}`,
      })
    }
    found.push(...orderComplaints(s.contexts.order, classes, ['contexts', 'order']))
  }
  return found
}

/**
 * Codec of a scenario file: what the world offers, and what it reveals. Hidden by default: only the context at test,
 * and not in task-incremental scenarios. Contradictions are refused, such as a task-incremental scenario that hides the
 * context.
 */
export const scenario = checked(fields, complaints)

/** Description of a stream. */
export type Scenario = t.TypeOf<typeof scenario>
