/** The order of kernels: values before their readers, and kernels that overwrite a block as late as possible. */
import type { Expr } from '../graph/expr.js'
import { type Kernel, memoryReads } from './fuse.js'
import { resolve } from './places.js'

/** Stored values (and leaves) that a kernel reads from memory. */
export const readsOf = (k: Kernel): ReadonlySet<Expr> =>
  new Set(memoryReads(k).map(({ operand }) => resolve(operand).base))

/** Stored values that a kernel writes. */
export const writesOf = (k: Kernel): readonly Expr[] =>
  k.stores.has(k.root) || k.members.includes(k.root) ? [...k.stores] : [...k.stores, k.root]

/** Kernels in running order. `overwrites` gives the block that becomes a node's value, if any. */
export const schedule = (
  kernels: readonly Kernel[],
  overwrites: (e: Expr) => string | undefined,
): readonly Kernel[] => {
  const reads = kernels.map(readsOf)
  const targets = kernels.map((k) => writesOf(k).flatMap((e) => overwrites(e) ?? []))
  const blocks = reads.map((r) => new Set([...r].flatMap((e) => (e.op.name === 'block' ? [String(e.attrs.name)] : []))))
  /** How many of the kernels that have not run read a block. */
  const readers = new Map<string, number>()
  for (const own of blocks) for (const b of own) readers.set(b, (readers.get(b) ?? 0) + 1)

  const needs = needsOf(kernels, reads)
  const dependents = kernels.map((): number[] => [])
  needs.forEach((own, i) => {
    for (const maker of own) dependents[maker]!.push(i)
  })
  const missing = needs.map((own) => own.size)
  // Two lists of kernels that could run now, each in the order given: those that overwrite nothing go first.
  const free: number[] = []
  const writers: number[] = []
  const release = (i: number): void => insert(targets[i]!.length === 0 ? free : writers, i)
  missing.forEach((n, i) => {
    if (n === 0) release(i)
  })
  const unread = (i: number): boolean => targets[i]!.every((b) => (readers.get(b) ?? 0) === (blocks[i]!.has(b) ? 1 : 0))
  const next = (): number | undefined => {
    const first = free.shift()
    if (first !== undefined) return first
    const [writer] = writers.splice(Math.max(0, writers.findIndex(unread)), 1)
    return writer
  }
  const order: Kernel[] = []
  for (let i = next(); i !== undefined; i = next()) {
    order.push(kernels[i]!)
    for (const b of blocks[i]!) readers.set(b, (readers.get(b) ?? 0) - 1)
    for (const d of dependents[i]!) if (--missing[d]! === 0) release(d)
  }
  if (order.length < kernels.length) throw new Error('schedule: kernels depend on each other in a circle')
  return order
}

/** For each kernel the kernels that must run before it: makers of what it reads. */
const needsOf = (kernels: readonly Kernel[], reads: readonly ReadonlySet<Expr>[]): readonly ReadonlySet<number>[] => {
  const maker = new Map<Expr, number>()
  kernels.forEach((k, i) => {
    for (const e of writesOf(k)) maker.set(e, i)
  })
  return reads.map((own, i) => {
    const needs = new Set<number>()
    for (const e of own) {
      const m = maker.get(e)
      if (m !== undefined && m !== i) needs.add(m)
    }
    return needs
  })
}

/** Inserts into an ascending list. */
const insert = (list: number[], value: number): void => {
  let at = list.length
  while (at > 0 && list[at - 1]! > value) at--
  list.splice(at, 0, value)
}
