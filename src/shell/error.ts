import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { Problem } from '../codec/problem.js'
import { outOfMemoryName } from '../compile/allocator.js'

/** Everything that may go wrong without being a bug; only `cli` turns it into text. `path`: of the file concerned. */
export type AppError =
  | { readonly _tag: 'FileUnreadable'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'FileUnwritable'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'NotJson'; readonly path: string; readonly reason: string }
  /** A file or combination does not fit; all its problems. `where`: the file or the part of it. */
  | { readonly _tag: 'Invalid'; readonly where: string; readonly problems: NonEmptyArray<Problem> }
  /** No benchmark or scenario of that name; `looked`: the files that were looked for. */
  | {
      readonly _tag: 'NameUnknown'
      readonly what: 'benchmark' | 'scenario'
      readonly name: string
      readonly looked: readonly string[]
      readonly known: readonly string[]
    }
  /** A plugin, command-line option or method cannot be used. */
  | { readonly _tag: 'Refused'; readonly where: string; readonly reason: string }
  /** A result file is half-written or no result. */
  | { readonly _tag: 'ResultDamaged'; readonly path: string; readonly cause: AppError }
  /** A result file holds another configuration: `found` and `expected` are hashes. */
  | {
      readonly _tag: 'ResultDiffers'
      readonly path: string
      readonly found: string
      readonly expected: string
      readonly keys: readonly string[]
    }
  /** A folder holds results that were not made like those to be made; `keys`: where they differ, `labels`: whose they are. */
  | {
      readonly _tag: 'ResultsMixed'
      readonly folder: string
      readonly keys: readonly string[]
      readonly labels: readonly string[]
    }
  /** A method needs more memory than there can be; in bytes. */
  | { readonly _tag: 'TooLarge'; readonly label: string; readonly needed: number; readonly limit: number }
  /** A data set is not on this machine; `get` is the command that brings it. */
  | { readonly _tag: 'DatasetMissing'; readonly dataset: string; readonly get: string }
  /** A data file has another length, checksum or header than it must have. */
  | { readonly _tag: 'FileCorrupt'; readonly path: string; readonly expected: string; readonly found: string }

/** Whether a store refused a range of memory; its message says how much was asked for, and by what. */
export const isOutOfMemory = (cause: unknown): boolean => cause instanceof Error && cause.name === outOfMemoryName

/** The message of something caught. */
export const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))
