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
  /** Pixels; `inputs` is their product. */
  readonly height: number
  readonly width: number
  readonly outputs: number
  /** Pixel value that stands for 1. */
  readonly scale: number
  /** Rows per step. */
  readonly batch: number
  /** Outputs of each context, when rows compete only over their own context's outputs; else undefined. */
  readonly masks: readonly (readonly number[])[] | undefined
  /** Width of the network's features. */
  readonly features: number
  /** Of each experience: the outputs that compete while it is learned, and those that its rows are labelled with. */
  readonly experiences: readonly { readonly active: readonly number[]; readonly own: readonly number[] }[]
  /** The root key of the run. */
  readonly key: Key
  /** Rows of the current experience. */
  readonly experience: Source
  /** Buffers of the strategies, by `strategy/buffer`. */
  readonly buffers: ReadonlyMap<string, Source>
  /** Those whose rows are appended to each experience. */
  readonly merging: readonly Source[]
  /** Only in debugging. */
  readonly watch: NanWatch | undefined
}

/** Where a run is. Changed only by the loop that owns it. */
export interface Place {
  /** Experiences finished. */
  experience: number
  /** Index of the experience that is being learned, its phases included. */
  current: number
  /** Wake steps done in the run. */
  steps: number
  /** Rows of the stream learned from in the run. */
  rows: number
  /** Host data of each strategy, by name. */
  readonly host: Map<string, unknown>
  /** Statistics of each strategy, by name, then by their own. */
  readonly statistics: Map<string, Readonly<Record<string, Float64Array>>>
}

/** The static sizes that a strategy may know at a place. */
export const dimsFor = (
  { outputs, inputs, height, width, features, network: { layout }, experiences }: Sizes,
  { experience, current }: Pick<Place, 'experience' | 'current'>,
  { rights }: Pick<AnyStrategy, 'rights'>,
): AnyDims => {
  const heads = experiences.slice(0, current + 1).map(({ active }) => active)
  const past = experiences.slice(0, experience).flatMap(({ own }) => own)
  return {
    outputs,
    inputs,
    height,
    width,
    features,
    layout,
    ...(rights.boundary === true ? { experience, heads, active: experiences[current]?.active ?? [] } : {}),
    ...(rights.experience === true
      ? { present: experiences[current]?.own ?? [], past: [...new Set(past)].sort((a, b) => a - b) }
      : {}),
  }
}

type Sizes = Pick<World, 'outputs' | 'inputs' | 'height' | 'width' | 'features' | 'experiences'> & {
  readonly network: Pick<Network, 'layout'>
}

/** Whether what a strategy is handed while steps are staged may change at a boundary. */
export const seesBoundary = ({ rights }: Pick<AnyStrategy, 'rights'>): boolean =>
  rights.boundary === true || rights.experience === true

/** Whether the staged steps may change at a boundary. */
export const seesBoundaries = (w: World): boolean => w.method.some(seesBoundary)
