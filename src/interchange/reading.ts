/** What reading bytes comes to: a value, or everything that is wrong with them. */
import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { Problem } from '../codec/problem.js'

/** Left has all problems; `describe` makes a line of text of each. */
export type Reading<A> = E.Either<NonEmptyArray<Problem>, A>

/** `value`, unless there are problems. */
export const unless = <A>([first, ...rest]: readonly Problem[], value: () => A): Reading<A> =>
  first === undefined ? E.right(value()) : E.left([first, ...rest])

/** One problem and no value. */
export const refused = (path: string, expected: string, got: string, hint?: string): Reading<never> =>
  E.left([hint === undefined ? { path, expected, got } : { path, expected, got, hint }])
