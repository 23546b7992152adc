/**
 * A strategy whose names are forgotten, as the engine sees it: it may hand over anything, and hands over only what the
 * strategy's rights allow. Hooks are written as methods here on purpose: method parameters compare both ways, so that every
 * `Strategy<S>` is an `AnyStrategy` without a cast.
 */
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import type { Shape } from '../graph/shape.js'
import type { Network, Output } from '../nn/network.js'
import type { Optimiser } from '../optim/optimiser.js'
import type { Key } from '../random/key.js'
import type { Writes } from './rows.js'
import type { Losses, Rowed, Term } from './scope.js'
import type { Right } from './slots.js'
import type { Facts } from './strategy.js'

type Named<A> = Readonly<Record<string, A>>

export interface AnyDims {
  readonly outputs: number
  readonly inputs: number
  readonly height: number
  readonly width: number
  readonly features: number
  readonly layout: Layout
  readonly experience?: number
  readonly active?: readonly number[]
  readonly heads?: readonly (readonly number[])[]
  readonly present?: readonly number[]
  readonly past?: readonly number[]
}

export interface AnyRows {
  readonly size: number
  readonly seen: number
  readonly labels: Int32Array
  readonly first: Uint8Array
  readonly experiences?: Int32Array
  readonly contexts?: Int32Array
}

export interface AnyAt {
  readonly host: unknown
  readonly key: Key
  readonly index: number
  readonly buffers: Named<AnyRows>
  readonly statistics: Named<Float64Array>
  readonly experience?: number
  readonly since?: number
}

export interface AnySeen extends AnyAt {
  readonly incoming: AnyRows
  readonly drawn: Named<AnyRows | undefined>
  readonly emits: Named<Float32Array | undefined>
}

export interface AnyBatch extends Rowed {
  readonly columns: Named<Expr>
  readonly context?: Expr
}

export interface AnyContext {
  readonly network: Network
  readonly params: Expr
  readonly rate: number
  readonly tensors: Named<Expr>
  readonly feeds: Named<Expr>
  readonly batches: Named<AnyBatch | undefined>
  readonly dims: AnyDims
  readonly losses: Losses
  readonly mean: (values: Expr, batch: Rowed) => Expr
  readonly batch?: AnyBatch
  readonly output?: Output
  readonly loss?: Expr
  readonly gradient?: Expr
  readonly after?: Expr
}

export interface AnyPredictContext {
  readonly network: Network
  readonly params: Expr
  readonly tensors: Named<Expr>
  readonly feeds: Named<Expr>
  readonly dims: AnyDims
  readonly x: Expr
  readonly context?: Expr
}

export interface AnyUpdates {
  readonly params?: Expr
  readonly tensors?: Named<Expr | undefined>
  readonly columns?: Named<Named<Expr> | undefined>
  readonly emits?: Named<Expr | undefined>
}

export interface AnyDraw {
  readonly from: string
  readonly rows: number | { bivariant(dims: AnyDims): number }['bivariant']
  pick(from: AnyRows, at: AnyAt): Int32Array
}

export interface AnyKeep {
  readonly from: PropertyKey
  admit(
    buffer: AnyRows & { readonly capacity: number; readonly seenOf: readonly number[] },
    incoming: AnyRows,
    at: AnyAt,
  ): Writes
}

export interface AnyStep {
  readonly draws?: Named<AnyDraw | undefined>
  weight?(c: AnyContext): Expr
  objective?(c: AnyContext): readonly Term[]
  gradient?(c: AnyContext): Expr
  commit?(c: AnyContext): AnyUpdates
  readonly keep?: Named<AnyKeep | undefined>
  accumulate?(statistics: Named<Float64Array>, seen: AnySeen): void
  hostMacs?(seen: AnySeen): number
  observe?(host: unknown, seen: AnySeen): unknown
}

export interface AnyPhase extends AnyStep {
  readonly name: string
  readonly when: { readonly on: 'rows'; readonly every: number } | { readonly on: 'start' | 'boundary' | 'query' }
  readonly steps: number | { bivariant(sizes: Named<number>, at: AnyAt): number }['bivariant']
  readonly budget?: { readonly macs: number }
  readonly optimiser?: Optimiser
  readonly network?: 'fresh'
  readonly fresh?: readonly string[]
}

export interface AnyTensorSpec {
  shape(dims: AnyDims): Shape
  readonly init: number | 'params' | { bivariant(key: Key, dims: AnyDims): ArrayLike<number> }['bivariant']
}

export interface AnyBufferSpec {
  readonly capacity: number
  readonly columns: Named<{ bivariant(dims: AnyDims): number }['bivariant']>
}

export interface AnyStatisticSpec {
  shape(dims: AnyDims): Shape
}

export interface AnyFeedSpec {
  shape(dims: AnyDims): Shape
  from(at: AnyAt): number | Float32Array
  macs?(at: AnyAt): number
}

/** See above. */
export interface AnyStrategy extends AnyStep {
  readonly name: string
  readonly rights: { readonly [R in Right]?: true }
  readonly loss?: null | { bivariant(c: AnyContext): Expr }['bivariant']
  predict?(c: AnyPredictContext): Expr
  readonly phases?: readonly AnyPhase[]
  readonly merges?: readonly string[]
  refuse?(facts: Facts): readonly string[]
  readonly tensors?: Named<AnyTensorSpec>
  readonly statistics?: Named<AnyStatisticSpec>
  readonly buffers?: Named<AnyBufferSpec>
  readonly feeds?: Named<AnyFeedSpec>
  readonly host?: { readonly init: unknown }
}
