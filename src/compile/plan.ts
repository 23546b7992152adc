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
import { fuse, type Kernel } from './fuse.js'
import { resolve } from './places.js'
import { readsOf, schedule, writesOf } from './schedule.js'

/** Where a stored value lives: in a block, at a byte offset of the program's arena, or inside an assembled vector. */
export type Place =
  | { readonly in: 'block'; readonly name: string }
  | { readonly in: 'arena'; readonly offset: number }
  | { readonly in: 'part'; readonly of: Expr; readonly element: number }

/** Bytes `[offset, offset + bytes)` of the arena are in use from kernel `from` to kernel `to`. */
export interface Range {
  readonly value: Expr
  readonly offset: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

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
  const inputs = topological(roots).filter((e) => e.op.name === 'input')
  const blockOf = new Map(Object.entries(updates).map(([name, e]) => [e, name]))
  const kernels = schedule(fuse(roots), (e) => blockOf.get(e))
  const reads = kernels.map(readsOf)
  const places = new Map<Expr, Place>()
  const copies: LateCopy[] = []

  for (const [name, value] of Object.entries(updates)) {
    const writer = kernels.findIndex((k) => writesOf(k).includes(value))
    const later = reads.some((r, i) => i > writer && [...r].some((e) => isBlock(e, name)))
    const kernel = kernels[writer]
    if (
      kernel !== undefined &&
      !later &&
      kernel.kind === 'loop' &&
      kernel.stores.has(value) &&
      readsInStep(kernel, name)
    )
      places.set(value, { in: 'block', name })
    else copies.push({ value, block: name })
  }
  for (const k of kernels) if (k.root.op === assemblePrimitive) placeParts(k.root, kernels, reads, places, roots)

  const last = kernels.length
  const ranges: Range[] = []
  const kept = new Set([...Object.values(outputs), ...copies.map((c) => c.value)])
  const claim = (value: Expr, from: number, to: number): void => {
    const bytes = Math.ceil((sizeOf(value.shape) * 4) / 64) * 64
    const offset = firstFit(
      ranges.filter((r) => r.from <= to && from <= r.to),
      bytes,
    )
    ranges.push({ value, offset, bytes, from, to })
    places.set(value, { in: 'arena', offset })
  }
  for (const e of inputs) claim(e, -1, last)
  kernels.forEach((k, i) => {
    for (const e of writesOf(k)) {
      if (places.has(e) && e.op !== assemblePrimitive) {
        const place = places.get(e)
        // The first part to be written brings its whole vector into being.
        if (place?.in === 'part' && !places.has(place.of))
          claim(place.of, i, kept.has(place.of) ? last : lastRead(place.of, reads, i))
        continue
      }
      if (!places.has(e)) claim(e, i, kept.has(e) ? last : lastRead(e, reads, i))
    }
  })
  return { kernels, places, ranges, copies, arenaBytes: ranges.reduce((n, r) => Math.max(n, r.offset + r.bytes), 0) }
}

const isBlock = (e: Expr, name: string): boolean => e.op.name === 'block' && e.attrs.name === name

/** Whether every read of the block inside the kernel is the element that is being written. */
const readsInStep = (k: Kernel, name: string): boolean => {
  const inside = new Set(k.members)
  if (k.root.op.codegen === 'reduce' && k.root.attrs.axes === 'leading') return false
  return (
    k.members.every((e) =>
      e.args.every((a) => {
        if (inside.has(a)) return true
        const { base, from } = resolve(a)
        return !isBlock(base, name) || (e.op.codegen === 'lane' && from === 0 && sizeOf(a.shape) === sizeOf(base.shape))
      }),
    ) &&
    (inside.has(k.root) || k.root.args.every((a) => inside.has(a) || !isBlock(resolve(a).base, name)))
  )
}

/** Parts whose only reader is the vector are computed inside it. */
const placeParts = (
  whole: Expr,
  kernels: readonly Kernel[],
  reads: readonly ReadonlySet<Expr>[],
  places: Map<Expr, Place>,
  roots: readonly Expr[],
): void => {
  const counts = new Map<Expr, number>()
  for (const part of whole.args) counts.set(resolve(part).base, (counts.get(resolve(part).base) ?? 0) + 1)
  whole.args.forEach((part, i) => {
    const { base, from } = resolve(part)
    const made = kernels.some((k) => writesOf(k).includes(base))
    const readers = reads.filter((r) => r.has(base)).length
    const alone = readers === 1 && counts.get(base) === 1 && !roots.includes(base) && !places.has(base)
    if (made && alone && from === 0 && sizeOf(base.shape) === sizeOf(part.shape) && base.op !== assemblePrimitive)
      places.set(base, { in: 'part', of: whole, element: partOffsets(whole)[i] ?? 0 })
  })
}

const lastRead = (e: Expr, reads: readonly ReadonlySet<Expr>[], from: number): number => {
  for (let i = reads.length - 1; i > from; i--) if (reads[i]?.has(e) === true) return i
  return from
}

const firstFit = (taken: readonly Range[], bytes: number): number => {
  let at = 0
  for (const r of [...taken].sort((p, q) => p.offset - q.offset)) {
    if (r.offset - at >= bytes) break
    at = Math.max(at, r.offset + r.bytes)
  }
  return at
}
