/** What the process of a library is asked, one line of JSON each; `peers/` says how to add a library. */

/** Get ready for a task. */
export interface Setup {
  readonly setup: string
  /** Widths of a perceptron; null for the convolutional network of task D. */
  readonly sizes: readonly number[] | null
  readonly inputs: number
  readonly batch: number
  readonly optimiser: string
  readonly rate: number
  /** Name and shape of each part of the parameters, in the order of their values. */
  readonly layout: readonly { readonly name: string; readonly shape: readonly number[] }[]
  /** Base64 of f32 values. */
  readonly params: string
  /** Base64 of the held rows, one byte a pixel: 255 is 1. */
  readonly pixels: string
}

/** The answer to `Setup`: why it cannot, or what it does otherwise (empty: the very same step). */
export type Ready = { readonly cannot: string } | { readonly differs: string; readonly version: string }

/** Take a step for each entry: rows of the batch, and their labels. */
export interface Steps {
  readonly work: string
  readonly slots: readonly (readonly number[])[]
  readonly labels: readonly (readonly number[])[]
}

/** The answer to `Steps`: mean time of a step, and the loss of the last one before its update. */
export interface Done {
  readonly milliseconds: number
  readonly loss: number
}
