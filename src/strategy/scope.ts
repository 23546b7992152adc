/** What hooks see when a step is staged: symbolic values, nothing computed yet. */
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import type { Network, Output } from '../nn/network.js'
import type { Has, Slots } from './slots.js'

/** Static sizes. A change re-stages the step. */
export type Dims<S extends Slots> = {
  /** Logits of the network. */
  readonly outputs: number
  /** Numbers per row: `height` · `width`, an image row by row. */
  readonly inputs: number
  readonly height: number
  readonly width: number
  /** Numbers per row of the network's last hidden layer, `features` of its output. */
  readonly features: number
  /** Layout of the flat parameter vector. */
  readonly layout: Layout
} & Has<
  S,
  'boundary',
  {
    /** Experiences finished so far: 0 while the first is learned, and already 1 in the phases at its boundary. */
    readonly experience: number
    /** Outputs that compete in the current experience; all of them unless contexts own their outputs and are revealed. */
    readonly active: readonly number[]
    /** Outputs that compete, by experience: the finished ones and, while one is learned, that one. */
    readonly heads: readonly (readonly number[])[]
  }
> &
  Has<
    S,
    'experience',
    {
      /** Outputs that occur among the labels of the current experience, ascending; at its boundary still of that one. */
      readonly present: readonly number[]
      /** Outputs that occurred in finished experiences, ascending. */
      readonly past: readonly number[]
    }
  >

/** Rows in a step. Rows beyond those picked repeat the first one with weight 0. */
export interface Rowed {
  /** Rows the batch has room for; static. */
  readonly n: number
  /** Shape [n, inputs], in [0, 1]. */
  readonly x: Expr
  /** Shape [n], i32: index of the right output. */
  readonly y: Expr
  /** Shape [n]: 1 for a row that was picked, 0 for padding. */
  readonly weights: Expr
}

/** A batch with the columns that its buffer stores beside each row, shape [n, width] each. */
export type Batch<S extends Slots, C extends string = never> = Rowed & {
  readonly columns: { readonly [K in C]: Expr }
} & Has<S, 'context', { /** Shape [n], i32. */ readonly context: Expr }>

type Columns<S extends Slots, From> = From extends keyof S['buffers'] ? S['buffers'][From] : never

/**
 * The scenario's own loss per row, nats, shape [n]: cross-entropy over the outputs that compete for each row. `labels`: i32 [n] or target
 * probabilities [n, outputs]. `among`: of these, only outputs that are 1 and not 0 there compete, [outputs] or [n, outputs].
 */
export type Losses = (logits: Expr, labels: Expr, batch: Rowed, among?: Expr) => Expr

/** Everything a hook may build on. */
export interface Scope<S extends Slots> {
  /**
   * `network.apply(params, x)`: in `objective` and `loss` a pass with `params` of this scope trains (dropout draws, statistics are the
   * batch's and move the running ones); with other parameters, as a teacher, and in all other hooks it evaluates.
   */
  readonly network: Network
  /** Shape [P]: parameters at the start of the step. */
  readonly params: Expr
  /** Base learning rate of the wake optimiser. */
  readonly rate: number
  /** A tensor whose shape has a zero is absent. */
  readonly tensors: { readonly [T in S['tensors']]: Expr }
  readonly feeds: { readonly [F in S['feeds']]: Expr }
  /** A batch whose draw picked no row is absent. */
  readonly batches: { readonly [D in keyof S['draws']]?: Batch<S, Columns<S, S['draws'][D]>> }
  readonly dims: Dims<S>
  readonly losses: Losses
  /** Mean over the rows of a batch that are no padding: [n] → []. */
  readonly mean: (values: Expr, batch: Rowed) => Expr
}

/** What a wake step has in addition. */
export interface Incoming<S extends Slots> {
  readonly batch: Batch<S>
  /** Of the network on the incoming batch, in a pass that trains. */
  readonly output: Output
  /** The scenario's own mean loss on the incoming batch, nats, scalar, before any weight. */
  readonly loss: Expr
}

/** For terms and weights. */
export type ObjectiveContext<S extends Slots, In> = Scope<S> & In

/** For projections: `gradient` [P] is of the whole objective, after the strategies listed before. */
export type GradientContext<S extends Slots, In> = Scope<S> & In & { readonly gradient: Expr }

/** After the optimiser: `after` [P] are the new parameters. With no term in the step, `after` is `params` and `gradient` zero. */
export type CommitContext<S extends Slots, In> = GradientContext<S, In> & { readonly after: Expr }

/** At test: scores of the rows `x` [n, inputs], each row by itself. */
export type PredictContext<S extends Slots> = Pick<Scope<S>, 'network' | 'params' | 'tensors' | 'feeds' | 'dims'> & {
  readonly x: Expr
} & Has<S, 'testContext', { /** Shape [n], i32. */ readonly context: Expr }>

/** A named scalar that is added to the objective; its mean per experience is in the raw log. */
export interface Term {
  readonly name: string
  readonly value: Expr
}

/** What a step writes beside the optimiser's own update. Unknown names are refused when the step is staged. */
export interface Updates<S extends Slots> {
  /** Shape [P]: replaces `after`. */
  readonly params?: Expr
  readonly tensors?: { readonly [T in S['tensors']]?: Expr }
  /** Shape [n, width] each: values of the rows that `keep` admits. */
  readonly columns?: {
    readonly [B in keyof S['buffers']]?: { readonly [C in S['buffers'][B]]: Expr }
  }
  /** For `observe` and `accumulate`. Scalars of a phase are also in its trace: first, last and mean over its steps. */
  readonly emits?: { readonly [E in S['emits']]?: Expr }
}
