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
import type { Incremental } from '../stream/stream.js'
import type { At, Draw, Keep, Seen, Source } from './rows.js'
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

/** An array of f64 on the host, zero at first; it may grow at the end as a tensor may. Counted as memory, 8 bytes each. */
export interface StatisticSpec<S extends Slots> {
  readonly shape: (dims: Dims<S>) => Shape
}

/** Numbers that the host computes before each step that reads them, and once before each measurement whose `predict` does. */
export interface FeedSpec<S extends Slots> {
  readonly shape: (dims: Dims<S>) => Shape
  readonly from: (at: At<S>) => number | Float32Array
  /** Multiply-accumulates that `from` spends; absent: none worth counting. */
  readonly macs?: (at: At<S>) => number
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
  /** Changes the statistics in place. */
  readonly accumulate?: (statistics: { readonly [N in S['statistics']]: Float64Array }, seen: Seen<S>) => void
  /** Multiply-accumulates that `accumulate` and `observe` spend on the host; absent: none worth counting. */
  readonly hostMacs?: (seen: Seen<S>) => number
  /** The next host data. */
  readonly observe?: (host: S['host'], seen: Seen<S>) => S['host']
}

/**
 * When a phase runs: after every `every` rows of the stream; before the first step of each experience or at the boundary after its last;
 * or before each measurement. A phase at queries works on a copy: what it writes is there for that measurement only, and it may keep
 * no rows; its cost is counted every time.
 */
export type Trigger<S extends Slots> =
  | { readonly on: 'rows'; readonly every: number }
  | { readonly on: 'query' }
  | ('boundary' extends S['rights'] ? { readonly on: 'start' | 'boundary' } : never)

/** A loop of steps without an incoming batch. */
export interface Phase<S extends Slots> extends Step<S, unknown> {
  readonly name: string
  readonly when: Trigger<S>
  readonly steps: number | ((sizes: { readonly [K in Source<S>]: number }, at: At<S>) => number)
  /** Granted before it is spent: granted = min(steps, floor(macs / multiply-accumulates of one step)). */
  readonly budget?: { readonly macs: number }
  /** With fresh moments at each start of the phase; absent: the wake optimiser goes on. */
  readonly optimiser?: Optimiser
  /** Parameters, state and optimiser of the network begin anew when the phase starts, from a draw of its own. */
  readonly network?: 'fresh'
  /** Tensors and statistics re-initialised when the phase starts: working memory, not kept memory. */
  readonly fresh?: readonly (S['tensors'] | S['statistics'])[]
}

/** What is known of a stream before anything runs. */
export interface Facts {
  readonly kind: Incremental
  readonly outputs: number
  readonly contexts: number
  readonly experiences: number
  /** Whether experiences bring the rows of earlier ones again. Absent: they do not. */
  readonly cumulative?: boolean
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
  /**
   * Buffers whose rows are learned together with those of each experience: they are appended to it when it starts. Needs the rights
   * `boundary` and `experience`. Strategies without merges that draw from the experience do not see these rows.
   */
  readonly merges?: readonly Extract<keyof S['buffers'], string>[]
  /** What keeps the strategy, with its options, from a stream: one text each, which says what would be right. Asked before training. */
  readonly refuse?: (facts: Facts) => readonly string[]
} & Declared<'tensors', { readonly [T in S['tensors']]: TensorSpec<S> }> &
  Declared<'statistics', { readonly [N in S['statistics']]: StatisticSpec<S> }> &
  Declared<'buffers', { readonly [B in keyof S['buffers']]: BufferSpec<S, S['buffers'][B]> }> &
  Declared<'feeds', { readonly [F in S['feeds']]: FeedSpec<S> }> &
  ([S['host']] extends [null] ? { readonly host?: HostSpec<null> } : { readonly host: HostSpec<S['host']> })
