/**
 * A strategy: a record of pure functions over state that it declares. A step is a step, awake or asleep: wake,
 * consolidation and sleep are loops of the same hooks, and a phase has no incoming batch, a trigger and a budget.
 * Order of a step: draws → weights and terms → gradient → optimiser → commit → keep → observe → triggers.
 */
import type { Type } from 'io-ts'
import type { Expr } from '../graph/expr.js'
import type { Shape } from '../graph/shape.js'
import type { Optimiser } from '../optim/optimiser.js'
import type { Key } from '../random/key.js'
import type { At, Draw, Keep, Rows, Source } from './rows.js'
import type {
  CommitContext,
  Dims,
  GradientContext,
  Incoming,
  ObjectiveContext,
  PredictContext,
  Scope,
  Term,
  Updates,
} from './scope.js'
import type { Slots } from './slots.js'

/** A resident tensor. Asked for its shape again whenever the static sizes change: it may grow at the end, filled with `init`. */
export interface TensorSpec<S extends Slots> {
  readonly shape: (dims: Dims<S>) => Shape
  /** One number for all elements, a copy of the parameters, or values drawn from a key. */
  readonly init: number | 'params' | ((key: Key, dims: Dims<S>) => ArrayLike<number>)
}

/** A buffer of rows. Its pixels, labels and columns are counted as memory. */
export interface BufferSpec<S extends Slots, C extends string> {
  /** In rows; 0: the buffer stays empty. */
  readonly capacity: number
  /** Numbers per row of each extra column. */
  readonly columns: { readonly [K in C]: (dims: Dims<S>) => number }
}

/** Numbers that the host computes before each step that reads them. */
export interface FeedSpec<S extends Slots> {
  readonly shape: (dims: Dims<S>) => Shape
  readonly from: (at: At<S>) => number | Float32Array
}

/** Plain data between steps. */
export interface HostSpec<H> {
  readonly codec: Type<H, unknown>
  readonly init: H
}

/** One step, awake or asleep. */
export interface Step<S extends Slots, In> {
  readonly draws?: { readonly [D in keyof S['draws']]?: Draw<S, S['draws'][D]> }
  /** Multiplies the loss on the incoming batch (1/k of replay); the weights of several strategies multiply. */
  readonly weight?: (c: ObjectiveContext<S, In>) => Expr
  /** Terms to add. Terms of all strategies are summed in the order of (strategy name, term name). */
  readonly objective?: (c: ObjectiveContext<S, In>) => readonly Term[]
  /** Changes the gradient, shape [P]; strategies in listed order. */
  readonly gradient?: (c: GradientContext<S, In>) => Expr
  /** What changes beside the parameters; strategies in listed order. */
  readonly commit?: (c: CommitContext<S, In>) => Updates<S>
  readonly keep?: {
    readonly [B in keyof S['buffers']]?: { readonly from: 'batch' | keyof S['draws']; readonly admit: Keep<S> }
  }
  /** The next host data. */
  readonly observe?: (
    host: S['host'],
    seen: At<S> & { readonly incoming: Rows<S>; readonly emits: { readonly [E in S['emits']]?: number } },
  ) => S['host']
}

/** When a phase runs: after every `every` rows of the stream, or at each boundary. */
export type Trigger<S extends Slots> =
  | { readonly on: 'rows'; readonly every: number }
  | ('boundary' extends S['rights'] ? { readonly on: 'boundary' } : never)

/** A loop of steps without an incoming batch. */
export interface Phase<S extends Slots> extends Step<S, unknown> {
  readonly name: string
  readonly when: Trigger<S>
  readonly steps: number | ((sizes: { readonly [K in Source<S>]: number }, at: At<S>) => number)
  /** Granted before it is spent: granted = min(steps, floor(macs / multiply-accumulates of one step)). */
  readonly budget?: { readonly macs: number }
  /** With fresh moments at each start of the phase; absent: the wake optimiser goes on. */
  readonly optimiser?: Optimiser
  /** Tensors re-initialised when the phase starts: working memory, not kept memory. */
  readonly fresh?: readonly S['tensors'][]
}

type Declared<Name extends string, R> = [keyof R] extends [never]
  ? { readonly [K in Name]?: R }
  : { readonly [K in Name]: R }

/** A strategy with the names of `S`. */
export type Strategy<S extends Slots> = Step<S, Incoming<S>> & {
  /** Unique within a method: names its tensors, keys, terms and traces. */
  readonly name: string
  readonly rights: { readonly [R in S['rights']]: true }
  /** Replaces the scenario's loss on the incoming batch (scalar); null: the wake does not train on it. */
  readonly loss?: null | ((c: Scope<S> & Incoming<S>) => Expr)
  /**
   * Scores [n, outputs] at test, in place of the network's logits. All rows of a test batch are of one context, so scores must be made
   * row by row: anything that mixes rows (a mean over the batch) would read the context from its neighbours.
   */
  readonly predict?: (c: PredictContext<S>) => Expr
  readonly phases?: readonly Phase<S>[]
} & Declared<'tensors', { readonly [T in S['tensors']]: TensorSpec<S> }> &
  Declared<'buffers', { readonly [B in keyof S['buffers']]: BufferSpec<S, S['buffers'][B]> }> &
  Declared<'feeds', { readonly [F in S['feeds']]: FeedSpec<S> }> &
  ([S['host']] extends [null] ? { readonly host?: HostSpec<null> } : { readonly host: HostSpec<S['host']> })
