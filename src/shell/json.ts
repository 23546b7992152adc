import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { type AppError, reasonOf } from './error.js'

/** The JSON value in a file. Left when the file cannot be read or is not JSON. */
export const readJson = (path: string): E.Either<AppError, unknown> => {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    return E.left({ _tag: 'FileUnreadable', path, reason: reasonOf(cause) })
  }
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return E.right(value)
  } catch (cause) {
    return E.left({ _tag: 'NotJson', path, reason: reasonOf(cause) })
  }
}
