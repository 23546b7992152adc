import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { decodeWith } from '../codec/decode.js'
import { differing } from '../record/compare.js'
import { type Result, result } from '../record/result.js'
import type { AppError } from './error.js'
import { hashOf } from './hash.js'
import { readJson } from './json.js'
import type { PlannedRun } from './plan.js'

/** The result in a file. Left when it cannot be read, is half-written, is not a result, or is not what its place and its hash say. */
export const readResult = (path: string): E.Either<AppError, Result> =>
  pipe(
    readJson(path),
    E.chain((value) =>
      E.mapLeft((problems: Problems): AppError => ({ _tag: 'Invalid', where: path, problems }))(
        decodeWith(result, value),
      ),
    ),
    E.chain((found) => {
      const [reason] = [...misplaced(path, found), ...misnamed(found)]
      return reason === undefined ? E.right(found) : E.left<AppError>({ _tag: 'Refused', where: path, reason })
    }),
  )

type Problems = Extract<AppError, { readonly _tag: 'Invalid' }>['problems']

const misplaced = (path: string, { label, seed }: Result): readonly string[] => {
  const [folder, file] = [basename(dirname(path)), basename(path)]
  return folder === label && file === `seed-${seed}.json`
    ? []
    : [`it holds label '${label}' and seed ${seed}, whose place is ${label}/seed-${seed}.json`]
}

const misnamed = ({ hash, configuration }: Result): readonly string[] => {
  const right = hashOf(configuration)
  return hash === right
    ? []
    : [`its hash is ${hash}, but that of its configuration is ${right}: it was changed by hand`]
}

/** A result file that is in the way. */
export const damaged = (path: string, cause: AppError): AppError => ({ _tag: 'ResultDamaged', path, cause })

/**
 * The finished result of a run, or null when it has not been made. Left when the file at its place is damaged or holds
 * another configuration under the same label and seed.
 */
export const existingResult = ({
  path,
  hash,
  configuration,
}: Pick<PlannedRun, 'path' | 'hash' | 'configuration'>): E.Either<AppError, Result | null> =>
  existsSync(path)
    ? pipe(
        readResult(path),
        E.mapLeft((cause) => damaged(path, cause)),
        E.chain((found) => {
          if (found.hash === hash) return E.right(found)
          const keys = differing(found.configuration, configuration)
          return E.left<AppError>({ _tag: 'ResultDiffers', path, found: found.hash, expected: hash, keys })
        }),
      )
    : E.right(null)
