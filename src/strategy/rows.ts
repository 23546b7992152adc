/** Rows as the host sees them. Only the engine fetches rows: strategies name slots, and pixels never reach host code. */
import type { Key } from '../random/key.js'
import type { Dims } from './scope.js'
import type { Has, Slots } from './slots.js'

/** What the host may know of a source of rows, in copies: writing into them changes no training. Slots, not row numbers: a row that is not held cannot be named. */
export type Rows<S extends Slots> = {
  /** Rows held; every array below has this length. */
  readonly size: number
  /** First presentations offered to a buffer so far, before this batch; for a batch, and for `experience`, the number of rows. */
  readonly seen: number
  /** Index of the right output. */
  readonly labels: Int32Array
  /**
   * 1 at a row's first presentation in its experience. It shows when rows are presented anew, also to a strategy that may not see
   * boundaries: after the first pass over an experience there are no more until rows of another one arrive.
   */
  readonly first: Uint8Array
} & Has<S, 'boundary', { /** The experience each row came with. */ readonly experiences: Int32Array }> &
  Has<S, 'context', { /** The context of each row. */ readonly contexts: Int32Array }>

/** Where and when host code is called. */
export type At<S extends Slots> = {
  readonly host: S['host']
  /** Named by strategy and hook, folded with the occurrence of the phase; fold it with `index` for a draw per step. */
  readonly key: Key
  /** Steps done since the run began, or since this phase began. */
  readonly index: number
  readonly buffers: { readonly [B in keyof S['buffers']]: Rows<S> }
  /** As they are now, row by row; only `accumulate` may change them. */
  readonly statistics: { readonly [N in S['statistics']]: Float64Array }
} & Has<
  S,
  'boundary',
  {
    /** Experiences finished so far. */
    readonly experience: number
    /** Steps done since the last boundary, or since this phase began. */
    readonly since: number
  }
>

/** Sources that a draw may name. */
export type Source<S extends Slots> = Extract<keyof S['buffers'], string> | Extract<S['rights'], 'experience'>

/** A choice of rows, made by the host before a step. */
export interface Draw<S extends Slots, From> {
  readonly from: From & Source<S>
  /** Rows the batch has room for: a constant, or a function of the static sizes (a change re-stages the step). */
  readonly rows: number | ((dims: Dims<S>) => number)
  /** At most `rows` slots of the source, repeats allowed. No slots: the batch is absent from the step. */
  readonly pick: (from: Rows<S>, at: At<S>) => Int32Array
}

/** What the host sees after a step. `incoming`: rows of the wake's batch; none asleep. */
export type Seen<S extends Slots> = At<S> & {
  readonly incoming: Rows<S>
  /** Rows of each draw that picked some, in the order of their batch. */
  readonly drawn: { readonly [D in keyof S['draws']]?: Rows<S> }
  /** What the step handed over, row by row; a scalar has length 1. */
  readonly emits: { readonly [E in S['emits']]?: Float32Array }
}

/**
 * Where the rows of a batch go in a buffer: row `take[i]` of the batch into slot `slots[i]`, in order. Before that, the slots in `drop`,
 * ascending, are emptied, and later rows move down in their order.
 */
export interface Writes {
  readonly drop?: Int32Array
  readonly slots: Int32Array
  readonly take: Int32Array
}

/** Decides which rows of a batch a buffer admits, after the step. Writes beyond the capacity throw; slots fill up from 0. */
export type Keep<S extends Slots> = (
  buffer: Rows<S> & {
    readonly capacity: number
    /** `seen` by label; labels without an entry: none. */
    readonly seenOf: readonly number[]
  },
  incoming: Rows<S>,
  at: At<S>,
) => Writes
