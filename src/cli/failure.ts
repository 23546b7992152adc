import type { AppError } from '../shell/error.js'
import { explain } from './explain.js'
import type { Terminal } from './terminal.js'

/** Exit code of every bad input. */
export const badInput = 2

/** Writes expected failures to standard error and returns the exit code of bad input. `remedy`: for files that cannot be written. */
export const fail = (errors: readonly AppError[], { err, errPaint }: Terminal, remedy?: string): number => {
  for (const error of errors) err(`${errPaint.bad('error:')} ${explain(error)}\n`)
  if (remedy !== undefined && errors.some(({ _tag }) => _tag === 'FileUnwritable')) err(`  ${remedy}\n`)
  return badInput
}
