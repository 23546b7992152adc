import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type * as t from 'io-ts'
import { type Problem, problems } from './problem.js'

/** Decodes a value; Left has all its problems at once. */
export const decodeWith = <A>(codec: t.Decoder<unknown, A>, value: unknown): E.Either<NonEmptyArray<Problem>, A> => {
  const result = codec.decode(value)
  if (E.isRight(result)) return result
  const [first, ...rest] = problems(result.left)
  if (first === undefined) throw new Error('a codec failed without an error')
  return E.left([first, ...rest])
}
