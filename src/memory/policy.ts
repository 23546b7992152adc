/** Buffer policies: which rows of a batch a buffer of limited size admits, and which of its own it gives up. */
import type { Key } from '../random/key.js'

/** What a policy may know of the rows of a batch. */
export interface Offered {
  readonly size: number
  readonly labels: Int32Array
  /** Rows with 0 were offered before and are not again. */
  readonly first: Uint8Array
  /** The experience each row came with, where boundaries are revealed. */
  readonly experiences?: Int32Array
}

/** What a policy may know of the buffer before the batch. */
export interface Held extends Omit<Offered, 'first'> {
  readonly capacity: number
  /** Rows offered so far. */
  readonly seen: number
  /** The same by label; labels without an entry: none. */
  readonly seenOf: ArrayLike<number>
}

/** Slots `drop` (ascending) are given up and later rows move down; then row `take[i]` of the batch goes into slot `slots[i]`, in order: a later write to the same slot wins. */
export interface Admission {
  readonly slots: Int32Array
  readonly take: Int32Array
  readonly drop?: Int32Array
}

/** A pure function: all that it remembers is what the buffer holds and how many rows it was offered. */
export type Policy = (key: Key, held: Held, incoming: Offered) => Admission
