/** The order of kernels: values before their readers, and kernels that overwrite a block as late as possible. */
import type { Expr } from '../graph/expr.js'
import { assemblePrimitive } from '../graph/primitives/sliceAssemble.js'
import type { Kernel } from './fuse.js'
import { resolve } from './places.js'

/** Stored values (and leaves) that a kernel reads from memory. */
export const readsOf = (k: Kernel): ReadonlySet<Expr> => {
  const inside = new Set(k.members)
  const nodes = k.members.includes(k.root) ? k.members : [...k.members, k.root]
  return new Set(nodes.flatMap((e) => e.args.filter((a) => !inside.has(a)).map((a) => resolve(a).base)))
}

/** Stored values that a kernel writes. */
export const writesOf = (k: Kernel): readonly Expr[] =>
  k.stores.has(k.root) ? [...k.stores] : [...k.stores, ...(k.members.includes(k.root) ? [] : [k.root])]

/** Kernels in running order. `overwrites` gives the block that becomes a node's value, if any. */
export const schedule = (
  kernels: readonly Kernel[],
  overwrites: (e: Expr) => string | undefined,
): readonly Kernel[] => {
  const maker = new Map(kernels.flatMap((k) => writesOf(k).map((e) => [e, k] as const)))
  const reads = new Map(kernels.map((k) => [k, readsOf(k)]))
  const needs = (k: Kernel): readonly Kernel[] =>
    [...(reads.get(k) ?? [])].flatMap((e) => {
      const parts = e.op === assemblePrimitive ? e.args.map((a) => maker.get(resolve(a).base)) : []
      return [maker.get(e), ...parts].flatMap((m) => (m === undefined || m === k ? [] : [m]))
    })
  const waiting = new Map(kernels.map((k) => [k, new Set(needs(k))]))
  const order: Kernel[] = []
  const readers = (block: string, except: Kernel): boolean =>
    [...waiting.keys()].some(
      (k) => k !== except && [...(reads.get(k) ?? [])].some((e) => e.op.name === 'block' && e.attrs.name === block),
    )
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, before]) => before.size === 0).map(([k]) => k)
    const blocks = (k: Kernel): readonly string[] => writesOf(k).flatMap((e) => overwrites(e) ?? [])
    const next =
      ready.find((k) => blocks(k).length === 0) ?? ready.find((k) => blocks(k).every((b) => !readers(b, k))) ?? ready[0]
    if (next === undefined) throw new Error('schedule: kernels depend on each other in a circle')
    order.push(next)
    waiting.delete(next)
    for (const before of waiting.values()) before.delete(next)
  }
  return order
}
