import type * as t from 'io-ts'
import * as io from 'io-ts'

/**
 * One of two shapes, told apart by looking at the value: `first` when `isFirst` holds, otherwise `second`. So the problems
 * are those of the shape that was meant.
 */
export const choose = <A, B>(first: t.Type<A>, isFirst: (u: unknown) => boolean, second: t.Type<B>): t.Type<A | B> => {
  const is = (u: unknown): u is A | B => (isFirst(u) ? first.is(u) : second.is(u))
  return new io.Type<A | B>(
    `${first.name}, or ${second.name}`,
    is,
    (u, context) => (isFirst(u) ? first.validate(u, context) : second.validate(u, context)),
    (v) => (first.is(v) ? first.encode(v) : second.is(v) ? second.encode(v) : v),
  )
}
