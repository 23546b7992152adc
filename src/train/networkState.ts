/** What the network keeps beside its parameters: resident, changed by training passes, with a policy for each tensor at boundaries. */
import { frozenBlock, stateBlock } from './passes.js'
import type { World } from './world.js'

type Kept = Pick<World, 'store' | 'network'>

/** Declares the state of a network that has one; `values`: in place of its initial ones. */
export const declareState = ({ store, network: { state } }: Kept, values?: Float32Array): void => {
  if (state === undefined) return
  const { size } = state.layout
  store.block(stateBlock, [size])
  store.write(stateBlock, values ?? state.initial)
  if (state.boundary.includes('first')) store.block(frozenBlock, [size])
}

/** A later experience begins: what starts again is initial, and what is of the first experience stays for ever. */
export const stateAtBoundary = ({ store, network: { state } }: Kept): void => {
  state?.layout.entries.forEach(({ offset, size }, i) => {
    const policy = state.boundary[i]
    if (policy === 'reset') store.write(stateBlock, state.initial.subarray(offset, offset + size), offset)
    if (policy === 'first') store.write(frozenBlock, new Float32Array(size).fill(1), offset)
  })
}

/** The state now; undefined: the network keeps none. */
export const stateNow = ({ store, network: { state } }: Kept): Float32Array | undefined =>
  state === undefined ? undefined : Float32Array.from(store.read(stateBlock))

/** Bytes of the state. */
export const stateBytes = ({ network: { state } }: Pick<World, 'network'>): number => 4 * (state?.layout.size ?? 0)
