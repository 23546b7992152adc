import type { Type } from 'io-ts'
import type { Method } from './method.js'

/** Where a method comes from, and which variant of it this is: data that a report can print. */
export interface Cite {
  readonly paper: string
  readonly equation: string
  readonly variant: string
}

/** A method that benchmark files can name. */
export interface Plugin<O> {
  readonly name: string
  readonly sources: readonly Cite[]
  /** Decodes the fields beside `name`; refuses unknown ones. */
  readonly options: Type<O>
  /**
   * `merged`: trains on all contexts at once, for as many steps as they have together; in task-incremental streams each batch then has
   * equally many rows of each context. `cumulative`: trains on all contexts so far in each experience, for as many steps as those have.
   */
  readonly stream?: 'merged' | 'cumulative'
  make(options: O): Method
}

/** Checks a plugin's type where it is written. */
export const plugin = <O>(p: Plugin<O>): Plugin<O> => p
