/** What does not change during a run: the network, its optimiser, the method, the facts of the stream, and the resident memory. */
import type { Store } from '../compile/store.js'
import type { Network } from '../nn/network.js'
import type { Optimiser } from '../optim/optimiser.js'
import type { Key } from '../random/key.js'
import type { AnyDims, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Method } from '../strategy/method.js'
import type { NanWatch } from './nanWatch.js'
import type { Source } from './source.js'

/** See above. */
export interface World {
  readonly store: Store
  readonly network: Network
  readonly optimiser: Optimiser
  /** Base learning rate of the optimiser. */
  readonly rate: number
  readonly method: Method
  readonly inputs: number
  readonly outputs: number
  /** Pixel value that stands for 1. */
  readonly scale: number
  /** Rows per step. */
  readonly batch: number
  /** Outputs of each context, when rows compete only over their own context's outputs; else undefined. */
  readonly masks: readonly (readonly number[])[] | undefined
  /** The root key of the run. */
  readonly key: Key
  /** Rows of the current experience. */
  readonly experience: Source
  /** Buffers of the strategies, by `strategy/buffer`. */
  readonly buffers: ReadonlyMap<string, Source>
  /** Only in debugging. */
  readonly watch: NanWatch | undefined
}

/** Where a run is. Changed only by the loop that owns it. */
export interface Place {
  /** Experiences finished. */
  experience: number
  /** Index of the experience that is being learned, its phases included. */
  current: number
  /** Outputs that compete in the current experience. */
  active: readonly number[]
  /** Wake steps done in the run. */
  steps: number
  /** Rows of the stream learned from in the run. */
  rows: number
  /** Host data of each strategy, by name. */
  readonly host: Map<string, unknown>
}

/** The static sizes that a strategy may know at a place. */
export const dimsFor = (w: World, place: Place, strategy: AnyStrategy): AnyDims => ({
  outputs: w.outputs,
  inputs: w.inputs,
  layout: w.network.layout,
  ...(strategy.rights.boundary === true ? { experience: place.experience, active: place.active } : {}),
})

/** Whether the staged steps may change at a boundary. */
export const seesBoundaries = (w: World): boolean => w.method.some((s) => s.rights.boundary === true)
