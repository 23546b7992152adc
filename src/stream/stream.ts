/** Rows as a network meets them: labels are output indices. */
export interface LabelledRows {
  /** Number of rows. */
  readonly size: number
  /** Shape [size, inputs]; 0 .. scale of the stream. */
  readonly pixels: Uint8Array
  /** Shape [size]; index of the right output (logit). */
  readonly labels: Int32Array
  /** Shape [size]; index of the context each row belongs to. */
  readonly contexts: Int32Array
}

/** One chunk of the stream that is trained on. */
export interface Experience {
  /** Index of its context; -1 when merged from several. */
  readonly context: number
  /** Number of rows. */
  readonly size: number
  /** Makes the training rows anew at each call: call it once, and drop the rows when the experience is over. */
  readonly load: () => LabelledRows
}

/** A data distribution to master. */
export interface Context {
  /** Short and unique in its stream, such as `{3,1}` or `rotated 36`. */
  readonly name: string
  /** Outputs that compete for rows of this context, ascending. */
  readonly active: readonly number[]
  /** Outputs that its rows may be labelled with, ascending. */
  readonly own: readonly number[]
  /** Number of test rows. */
  readonly testSize: number
  /** Makes the test rows anew at each call. */
  readonly test: () => LabelledRows
}

/** What a strategy may know besides rows and labels; what is not revealed is absent from what it receives. */
export interface Reveals {
  /** That an experience ends and the next begins. */
  readonly boundary: boolean
  /** The index of the context, while training. */
  readonly context: boolean
  /** The index of the context, at test: only the context's active outputs compete. */
  readonly testContext: boolean
}

/** Which question the labels ask (van de Ven, Tuytelaars, Tolias 2022, table 2). */
export type Incremental = 'task' | 'domain' | 'class'

/** A stream of experiences over contexts. */
export interface Stream {
  /** Name of the scenario. */
  readonly name: string
  readonly kind: Incremental
  /** Pixels. */
  readonly height: number
  /** Pixels. */
  readonly width: number
  /** Numbers per row: height · width. */
  readonly inputs: number
  /** Logits of the network. */
  readonly outputs: number
  /** Pixel value that stands for 1. */
  readonly scale: number
  readonly reveals: Reveals
  readonly experiences: readonly Experience[]
  readonly contexts: readonly Context[]
}
