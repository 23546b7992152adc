import type { Rows } from '../data/dataset.js'

/** Rows of one context before outputs are assigned; labels count from 0 within the context. */
export interface Part {
  readonly size: number
  /** pixels [size, inputs], labels [size]; made anew at each call. */
  readonly make: () => { readonly pixels: Uint8Array; readonly labels: Uint8Array }
}

/** What distinguishes a context: how it takes its rows from those of a data set. */
export interface Distribution {
  readonly name: string
  /** Number of labels within the context. */
  readonly classes: number
  readonly of: (rows: Rows) => Part
}
