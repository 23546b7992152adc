import type * as t from 'io-ts'
import type { Complaint } from '../codec/checked.js'
import { choose } from '../codec/choose.js'
import { closed } from '../codec/closed.js'
import { list } from '../codec/list.js'
import { natural } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { table } from '../codec/table.js'
import { permutation } from '../random/draw.js'
import { key, named } from '../random/key.js'

/**
 * In which order a split deals the classes out: `natural` (0, 1, 2, ...), `drawn` by the run's key, or listed for each
 * seed, with what to do for the `otherwise` seeds.
 */
export const classOrder = choose(
  oneOf(['natural', 'drawn']),
  (u) => typeof u === 'string',
  closed('an object with a table', {
    table: table(list(natural)),
    otherwise: withDefault(oneOf(['drawn', 'natural', 'refused']), 'refused'),
  }),
)

/** Decoded class order. */
export type ClassOrder = t.TypeOf<typeof classOrder>

const isOrder = (order: readonly number[], classes: number): boolean =>
  order.length === classes && new Set(order).size === classes && order.every((c) => c < classes)

/** What is wrong with a table: keys that are no seeds, rows that are no permutations of the classes. */
export const orderComplaints = (order: ClassOrder, classes: number, at: readonly string[]): readonly Complaint[] => {
  if (typeof order === 'string') return []
  return Object.entries(order.table).flatMap(([seed, row]) => {
    const here = [...at, 'table', seed]
    const isSeed = String(Number(seed)) === seed && Number.isSafeInteger(Number(seed)) && Number(seed) >= 0
    return [
      ...(isSeed ? [] : [{ at: here, expected: 'a key that is a seed (an integer >= 0)' }]),
      ...(isOrder(row, classes) ? [] : [{ at: here, expected: `each of the classes 0 .. ${classes - 1} once` }]),
    ]
  })
}

/** The classes in the order in which contexts take them; undefined when the table refuses the seed. */
export const classesInOrder = (order: ClassOrder, classes: number, seed: number): readonly number[] | undefined => {
  const listed = typeof order === 'string' ? undefined : order.table[String(seed)]
  if (listed !== undefined) return listed
  const rule = typeof order === 'string' ? order : order.otherwise
  if (rule === 'refused') return undefined
  if (rule === 'natural') return Array.from({ length: classes }, (_, c) => c)
  return [...permutation(named(key(seed), 'stream/order'), classes)]
}
