/**
 * The memory plan: a pure value that says where every stored value lives and which block updates happen in place. Blocks have
 * fixed addresses; temporaries share an arena by liveness in kernel order (first fit, 64-byte alignment); the parts of an
 * assembled vector are written straight into it; a block is overwritten in place when every other reader has run and the
 * writing kernel reads it element by element, otherwise its new value is copied at the end.
 */
import type { Expr } from '../graph/expr.js'
import { assemblePrimitive, partOffsets } from '../graph/primitives/sliceAssemble.js'
import { sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { fuse, type Kernel, memoryReads } from './fuse.js'
import { resolve } from './places.js'
import { type Range, rangesInOrder } from './ranges.js'
import { readsOf, schedule, writesOf } from './schedule.js'

/** Where a stored value lives: in a block, at a byte offset of the program's arena, or inside an assembled vector. */
export type Place =
  | { readonly in: 'block'; readonly name: string }
  | { readonly in: 'arena'; readonly offset: number }
  | { readonly in: 'part'; readonly of: Expr; readonly element: number }

/** A block's new value that could not be written in place: copied from the arena when all kernels have run. */
export interface LateCopy {
  readonly value: Expr
  readonly block: string
}

/** Everything the code generator needs to know about memory, and everything a test can check without running anything. */
export interface Plan {
  readonly kernels: readonly Kernel[]
  readonly places: ReadonlyMap<Expr, Place>
  readonly ranges: readonly Range[]
  readonly copies: readonly LateCopy[]
  readonly arenaBytes: number
}

/** New values of blocks by name, and values to read out by name; both lowered and each stored on its own. */
export interface Roots {
  readonly updates: Readonly<Record<string, Expr>>
  readonly outputs: Readonly<Record<string, Expr>>
}

/** Makes the plan of a lowered graph. */
export const plan = ({ updates, outputs }: Roots): Plan => {
  const roots = [...Object.values(updates), ...Object.values(outputs)]
  const order = topological(roots)
  const blockOf = new Map(Object.entries(updates).map(([name, e]) => [e, name]))
  const kernels = schedule(fuse(roots, order), (e) => blockOf.get(e))
  const uses = usesOf(kernels)
  const places = new Map<Expr, Place>()
  const copies: LateCopy[] = []

  for (const [name, value] of Object.entries(updates)) {
    const writer = uses.maker.get(value)
    const kernel = writer === undefined ? undefined : kernels[writer]
    if (
      writer !== undefined &&
      kernel !== undefined &&
      (uses.lastOfBlock.get(name) ?? -1) <= writer &&
      kernel.kind === 'loop' &&
      kernel.stores.has(value) &&
      readsInStep(kernel, name)
    )
      places.set(value, { in: 'block', name })
    else copies.push({ value, block: name })
  }
  const stored = new Set(roots)
  for (const k of kernels) if (k.root.op === assemblePrimitive) placeParts(k.root, uses, places, stored)

  const last = kernels.length
  const arena = rangesInOrder()
  const kept = new Set([...Object.values(outputs), ...copies.map((c) => c.value)])
  const claim = (value: Expr, from: number, to: number): void => {
    places.set(value, { in: 'arena', offset: arena.claim(value, from, to) })
  }
  const untilRead = (e: Expr, from: number): number => (kept.has(e) ? last : (uses.last.get(e) ?? from))
  for (const e of order) if (e.op.name === 'input') claim(e, -1, last)
  kernels.forEach((k, i) => {
    for (const e of writesOf(k)) {
      const place = places.get(e)
      if (place === undefined) claim(e, i, untilRead(e, i))
      // The first part to be written brings its whole vector into being.
      else if (place.in === 'part' && !places.has(place.of)) claim(place.of, i, untilRead(place.of, i))
    }
  })
  return { kernels, places, ranges: arena.ranges, copies, arenaBytes: arena.bytes() }
}

/** Which kernels, by their place in the order, make and read each value. */
interface Uses {
  readonly maker: ReadonlyMap<Expr, number>
  /** The last kernel that reads a value, and how many do. */
  readonly last: ReadonlyMap<Expr, number>
  readonly readers: ReadonlyMap<Expr, number>
  /** The last kernel that reads a block. */
  readonly lastOfBlock: ReadonlyMap<string, number>
}

const usesOf = (kernels: readonly Kernel[]): Uses => {
  const maker = new Map<Expr, number>()
  const last = new Map<Expr, number>()
  const readers = new Map<Expr, number>()
  const lastOfBlock = new Map<string, number>()
  kernels.forEach((k, i) => {
    for (const e of writesOf(k)) maker.set(e, i)
    for (const e of readsOf(k)) {
      last.set(e, i)
      readers.set(e, (readers.get(e) ?? 0) + 1)
      if (e.op.name === 'block') lastOfBlock.set(String(e.attrs.name), i)
    }
  })
  return { maker, last, readers, lastOfBlock }
}

const isBlock = (e: Expr, name: string): boolean => e.op.name === 'block' && e.attrs.name === name

/** Whether every read of the block inside the kernel is the element that is being written. */
const readsInStep = (k: Kernel, name: string): boolean =>
  !(k.root.op.codegen === 'reduce' && k.root.attrs.axes === 'leading') &&
  memoryReads(k).every(({ user, operand }) => {
    const { base, from } = resolve(operand)
    const whole = from === 0 && sizeOf(operand.shape) === sizeOf(base.shape)
    return !isBlock(base, name) || (user.op.codegen === 'lane' && whole)
  })

/** Parts whose only reader is the vector are computed inside it. */
const placeParts = (whole: Expr, uses: Uses, places: Map<Expr, Place>, roots: ReadonlySet<Expr>): void => {
  const parts = whole.args.map(resolve)
  const counts = new Map<Expr, number>()
  for (const { base } of parts) counts.set(base, (counts.get(base) ?? 0) + 1)
  parts.forEach(({ base, from }, i) => {
    const alone = uses.readers.get(base) === 1 && counts.get(base) === 1 && !roots.has(base) && !places.has(base)
    const complete = from === 0 && sizeOf(base.shape) === sizeOf(whole.args[i]!.shape)
    if (alone && complete && uses.maker.has(base) && base.op !== assemblePrimitive)
      places.set(base, { in: 'part', of: whole, element: partOffsets(whole)[i] ?? 0 })
  })
}
