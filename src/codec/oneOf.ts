import * as t from 'io-ts'
import { nearest } from './nearest.js'

type Literal = string | number | boolean

/** One of the given literals; a misspelt string is told the nearest one. */
export const oneOf = <const L extends readonly [Literal, ...Literal[]]>(literals: L): t.Type<L[number]> => {
  const set = new Set<unknown>(literals)
  const is = (u: unknown): u is L[number] => set.has(u)
  const shown = literals.map((l) => JSON.stringify(l)).join(', ')
  return new t.Type<L[number]>(
    literals.length === 1 ? shown : `one of ${shown}`,
    is,
    (u, context) => {
      if (is(u)) return t.success(u)
      const near = typeof u === 'string' ? nearest(u, literals.map(String)) : undefined
      return t.failures([near === undefined ? { value: u, context } : { value: u, context, message: near }])
    },
    t.identity,
  )
}

/** One of the keys of a record, as `oneOf`. Throws on an empty record. */
export const keyOf = <K extends string>(record: Readonly<Record<K, unknown>>): t.Type<K> => {
  // the keys of a record of type Record<K, …> are its Ks
  const [first, ...rest] = Object.keys(record) as K[]
  if (first === undefined) throw new Error('keyOf: needs at least one key')
  return oneOf([first, ...rest])
}
