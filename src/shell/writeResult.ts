import * as E from 'fp-ts/lib/Either.js'
import { decodeWith } from '../codec/decode.js'
import type { Problem } from '../codec/problem.js'
import { canonicalLines } from '../record/canonical.js'
import { type Result, result as codec } from '../record/result.js'
import { writeAtomic } from './atomic.js'
import type { AppError } from './error.js'
import { nameOf } from './event.js'

/** Writes a result where every reader will accept it. Left, and no file: what a strategy reported is no result, or the folder refuses. */
export const writeResult = (path: string, result: Result): E.Either<AppError, void> => {
  const checked = decodeWith(codec, result)
  if (E.isRight(checked)) return writeAtomic(path, canonicalLines(codec.encode(result)))
  const [first, ...rest] = checked.left
  const told = (problem: Problem) => withSource(problem, result)
  return E.left({
    _tag: 'Invalid',
    where: `the result of ${nameOf(result)} cannot be written`,
    problems: [told(first), ...rest.map(told)],
  })
}

/** A problem in a trace is that of the phase of a strategy. */
const withSource = (problem: Problem, { traces }: Result): Problem => {
  const index = /^traces\[(\d+)\]/.exec(problem.path)?.[1]
  const trace = index === undefined ? undefined : traces[Number(index)]
  return trace === undefined ? problem : { ...problem, hint: `reported by ${trace.strategy}/${trace.phase}` }
}
