/** What a model is to the rest: a layout of parameters, an initialiser and a forward pass. */
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import type { Key } from '../random/key.js'

/** A training pass: units are dropped, batches normalised by their own statistics. */
export interface Training {
  /** [2], i32: where the draws of the pass come from. */
  readonly key: Expr
  /** Tells the draws of this pass from those of others with the same key; absent: there are no others. */
  readonly label?: string | undefined
  /** [n]: 0 for rows that only fill up the batch, which count in no statistic; absent: all rows are real. */
  readonly weights?: Expr | undefined
}

/** How a forward pass is made. Nothing given: an evaluation. */
export interface Mode {
  readonly training?: Training | undefined
  /** [state.layout.size]: what the network keeps beside its parameters, such as running statistics. Absent: the initial state. */
  readonly state?: Expr | undefined
  /** [n], i32: the context of each row, for gates, masks and heads per context; for gates also [n, contexts]: probabilities. */
  readonly context?: Expr | undefined
}

/** The values of one layer, for probes. */
export interface Activation {
  /** `dense0`: the layer whose parameters come last before it. */
  readonly name: string
  /** `[n, ...]` */
  readonly value: Expr
}

/** Result of a forward pass over `n` rows. */
export interface Output {
  /** `[n, outputs]`, before any softmax. */
  readonly logits: Expr
  /** Activations of the last hidden layer, `[n, width]` (the input when there is none). */
  readonly features: Expr
  /** Values after the activation function of each hidden layer, first layer first. */
  readonly activations: readonly Activation[]
  /** [state.layout.size]: the state after a training pass; absent where the network keeps none and in evaluations. */
  readonly state?: Expr
}

/**
 * What becomes of a kept tensor when a later experience begins: it goes on from where it is; it starts from its initial value again;
 * or it stays for ever as the first experience left it, whatever later training passes give.
 */
export type AtBoundary = 'continue' | 'reset' | 'first'

/** What a network keeps beside its parameters. No gradient flows to it. */
export interface NetworkState {
  readonly layout: Layout
  /** [layout.size] */
  readonly initial: Float32Array
  /** One for each entry of the layout. */
  readonly boundary: readonly AtBoundary[]
}

/** A model over one flat parameter vector. */
export interface Network {
  readonly layout: Layout
  readonly inputs: number
  readonly outputs: number
  /** Absent: nothing is kept beside the parameters. */
  readonly state?: NetworkState
  /** Training passes draw, so that each needs a key of its own; absent: none does. */
  readonly draws?: true
  /** Forward pass: `params` [layout.size], `x` [n, inputs]. */
  readonly apply: (params: Expr, x: Expr, mode?: Mode) => Output
  /** Initial parameters; the same key gives the same bits. */
  readonly initialise: (key: Key) => Float32Array
}
