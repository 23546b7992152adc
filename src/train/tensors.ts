/** Resident tensors of strategies and slots of optimisers: declared, grown at boundaries, counted. */
import { sizeOf } from '../graph/shape.js'
import { block } from '../graph/ops.js'
import type { Expr } from '../graph/expr.js'
import { type AtBoundary, initialSlot, type Optimiser, type Slot } from '../optim/optimiser.js'
import { named } from '../random/key.js'
import type { AnyStrategy, AnyTensorSpec } from '../strategy/anyStrategy.js'
import { dimsFor, type Place, type World } from './world.js'

/** Name of a tensor's block. */
export const tensorBlock = (strategy: string, tensor: string): string => `${strategy}/tensor/${tensor}`

const entries = (s: AnyStrategy): readonly (readonly [string, AnyTensorSpec])[] => Object.entries(s.tensors ?? {})

const initial = (
  w: World,
  place: Place,
  s: AnyStrategy,
  name: string,
  spec: AnyTensorSpec,
  size: number,
): Float32Array => {
  if (spec.init === 'params') {
    const params = w.store.read('params')
    if (params.length !== size)
      throw new Error(
        `strategy '${s.name}', tensor '${name}': init 'params' has ${params.length} values, the shape ${size}`,
      )
    return Float32Array.from(params)
  }
  if (typeof spec.init === 'number') return new Float32Array(size).fill(spec.init)
  const values = spec.init(named(named(w.key, `strategy/${s.name}`), `tensor/${name}`), dimsFor(w, place, s))
  if (values.length !== size)
    throw new Error(`strategy '${s.name}', tensor '${name}': init gives ${values.length} values, the shape has ${size}`)
  return Float32Array.from(values)
}

/** Gives one tensor or statistic its initial values. */
export const resetTensor = (w: World, place: Place, s: AnyStrategy, name: string): void => {
  const statistic = place.statistics.get(s.name)?.[name]
  if (statistic !== undefined) {
    statistic.fill(0)
    return
  }
  const spec = s.tensors?.[name]
  if (spec === undefined) throw new Error(unknownTensor(s, name))
  const size = sizeOf(spec.shape(dimsFor(w, place, s)))
  if (size > 0) w.store.write(tensorBlock(s.name, name), initial(w, place, s, name, spec, size))
}

const unknownTensor = (s: AnyStrategy, name: string): string =>
  `strategy '${s.name}' has no tensor '${name}'; it declares: ${Object.keys(s.tensors ?? {}).join(', ') || 'none'}`

/** Makes the blocks of all tensors have the shapes of this place: values before stay as a prefix, the rest is initial. */
export const declareTensors = (w: World, place: Place): void => {
  for (const s of w.method)
    for (const [name, spec] of entries(s)) {
      const shape = spec.shape(dimsFor(w, place, s))
      const size = sizeOf(shape)
      const key = tensorBlock(s.name, name)
      const before = w.store.has(key) ? w.store.read(key) : undefined
      if (before !== undefined && before.length === size) continue
      if (before !== undefined) w.store.free(key)
      if (size === 0) continue
      const values = initial(w, place, s, name, spec, size)
      if (before !== undefined) values.set(before.subarray(0, size))
      w.store.block(key, shape)
      w.store.write(key, values)
    }
}

/** The tensors of a strategy as expressions; those without elements are absent. */
export const tensorExprs = (w: World, place: Place, s: AnyStrategy): Readonly<Record<string, Expr>> => {
  const dims = dimsFor(w, place, s)
  return Object.fromEntries(
    entries(s).flatMap(([name, spec]) => {
      const shape = spec.shape(dims)
      return sizeOf(shape) === 0 ? [] : [[name, block(tensorBlock(s.name, name), shape)]]
    }),
  )
}

/** Bytes of the tensors kept between steps: all but those that a phase makes fresh. */
export const tensorBytes = (w: World, place: Place): number =>
  w.method
    .flatMap((s) => {
      const fresh = new Set((s.phases ?? []).flatMap((p) => p.fresh ?? []))
      const dims = dimsFor(w, place, s)
      return entries(s).map(([name, spec]) => (fresh.has(name) ? 0 : 4 * sizeOf(spec.shape(dims))))
    })
    .reduce((a, b) => a + b, 0)

/** Prefix of the wake optimiser's slots. */
export const wakeSlots = 'optimiser'

/** Name of the block of an optimiser's slot. */
export const slotBlock = (prefix: string, slot: string): string => `${prefix}/${slot}`

/** Declares the slots of an optimiser under a prefix, or gives those that `which` tells their initial values again. */
export const resetSlots = (
  w: World,
  optimiser: Optimiser,
  prefix: string,
  which: (slot: Slot) => boolean = () => true,
): void => {
  const params = Float32Array.from(w.store.read('params'))
  for (const slot of optimiser.slots.filter(which)) {
    w.store.block(slotBlock(prefix, slot.name), slot.shape(params.length))
    w.store.write(slotBlock(prefix, slot.name), initialSlot(slot, params))
  }
}

/** What a boundary does to the slots of the wake optimiser; `boundary`: to those that have no choice of their own. */
export const slotsAtBoundary = (w: World, prefix: string, boundary: AtBoundary): void =>
  resetSlots(w, w.optimiser, prefix, (slot) => (slot.boundary ?? boundary) === 'reset')

/** Bytes of an optimiser's slots. */
export const slotBytes = (w: World): number =>
  w.optimiser.slots.reduce((n, slot) => n + 4 * sizeOf(slot.shape(w.network.layout.size)), 0)
