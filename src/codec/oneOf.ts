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
