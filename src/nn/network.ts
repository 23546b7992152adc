/** What a model is to the rest: a layout of parameters, an initialiser and a forward pass. */
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import type { Key } from '../random/key.js'

/** Result of a forward pass over `n` rows. */
export interface Output {
  /** `[n, outputs]`, before any softmax. */
  readonly logits: Expr
  /** Activations of the last hidden layer, `[n, width]` (the input when there is none). */
  readonly features: Expr
}

/** A model over one flat parameter vector. */
export interface Network {
  readonly layout: Layout
  readonly inputs: number
  readonly outputs: number
  /** Forward pass: `params` [layout.size], `x` [n, inputs]. */
  readonly apply: (params: Expr, x: Expr) => Output
  /** Initial parameters; the same key gives the same bits. */
  readonly initialise: (key: Key) => Float32Array
}
