import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Result } from '../record/result.js'
import { type AppError, reasonOf } from './error.js'
import { readResult } from './existing.js'

/** A file at the place of a result, and what it holds. */
export interface ResultFile {
  readonly path: string
  readonly read: E.Either<AppError, Result>
}

/** The files `<folder>/<label>/seed-<n>.json`, by label. Left when the folder cannot be read. */
export const resultFiles = (folder: string): E.Either<AppError, readonly ResultFile[]> =>
  pipe(
    resultPaths(folder),
    E.map((paths) => paths.map((path) => ({ path, read: readResult(path) }))),
  )

/** All results of a folder, by label and then by seed. Left has what is wrong with every file. */
export const readResults = (folder: string): E.Either<readonly AppError[], readonly Result[]> => {
  const files = resultFiles(folder)
  if (E.isLeft(files)) return E.left([files.left])
  if (files.right.length === 0) {
    return E.left([
      { _tag: 'Refused', where: folder, reason: 'there are no results here: expected <label>/seed-<n>.json' },
    ])
  }
  const errors = files.right.flatMap(({ read }) => (E.isLeft(read) ? [read.left] : []))
  const results = files.right.flatMap(({ read }) => (E.isRight(read) ? [read.right] : []))
  return errors.length > 0 ? E.left(errors) : E.right(results.toSorted((a, b) => a.seed - b.seed))
}

const resultPaths = (folder: string): E.Either<AppError, readonly string[]> => {
  try {
    const labels = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory())
    return E.right(
      labels.toSorted().flatMap((label) => {
        const files = readdirSync(join(folder, label)).filter((name) => /^seed-\d+\.json$/.test(name))
        return files.map((file) => join(folder, label, file))
      }),
    )
  } catch (cause) {
    return E.left({ _tag: 'FileUnreadable', path: folder, reason: reasonOf(cause) })
  }
}
