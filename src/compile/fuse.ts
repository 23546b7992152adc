/**
 * Which nodes run in one kernel. Walking backwards, an element-wise node joins the kernel of its users when all of them read
 * it element by element in one kernel; then no other kernel can stand between, so no cycle arises. Otherwise it is stored.
 * Broadcasts, gathers and one-operation nodes over stored values are recomputed instead of stored.
 */
import type { Expr } from '../graph/expr.js'
import { literalValue } from '../graph/primitives/leaf.js'
import { broadcastMode, broadcastPrimitive } from '../graph/primitives/sumBroadcast.js'
import { topological } from '../graph/topological.js'

/** One kernel: a loop over elements (with or without a reduction at its end) or a routine. */
export interface Kernel {
  readonly kind: 'loop' | 'routine'
  /** The node it exists for: the last member of a loop, the reduction, or the routine's node. */
  readonly root: Expr
  /** Element-wise nodes computed in the loop, arguments first. */
  readonly members: readonly Expr[]
  /** Members whose values are written to memory. */
  readonly stores: ReadonlySet<Expr>
}

interface Growing {
  readonly kind: 'loop' | 'routine'
  readonly root: Expr
  readonly members: Expr[]
  readonly stores: Set<Expr>
}

const inLoops = (e: Expr): boolean => e.op.codegen === 'lane' || e.op.codegen === 'load'

/** Whether `user` reads `e` element by element at the same index. */
const aligned = (user: Expr): boolean => user.op.codegen === 'lane' || user.op.codegen === 'reduce'

/** An argument that a node of a kernel reads from memory. */
export interface MemoryRead {
  readonly user: Expr
  readonly operand: Expr
}

/** What a kernel reads from memory: all but the members that are read at the same index. A table of gathered rows is, even where it is a member. */
export const memoryReads = (k: Kernel): readonly MemoryRead[] => {
  const inside = new Set(k.members)
  const found: MemoryRead[] = []
  for (const user of inside.has(k.root) ? k.members : [...k.members, k.root])
    for (const operand of user.args) if (!inside.has(operand) || !aligned(user)) found.push({ user, operand })
  return found
}

const expensive = new Set(['divide', 'sqrt', 'copy'])

/** Cheaper to compute again than to store and load: broadcasts, gathers, one light operation over values that are in memory. */
const recomputed = (e: Expr): boolean =>
  e.op.codegen === 'load' ||
  (!expensive.has(e.op.name) &&
    e.args.every((a) => !inLoops(a) || (a.op === broadcastPrimitive && literalValue(a) !== undefined)))

/** Needs an index by row and column rather than one flat index. */
export const needsRows = (e: Expr): boolean =>
  e.op.name === 'rows' || (e.op === broadcastPrimitive && broadcastMode(e) !== 'scalar')

/** Kernels of a lowered graph in topological order; `order` is that of its nodes. */
export const fuse = (roots: readonly Expr[], order: readonly Expr[] = topological(roots)): readonly Kernel[] => {
  const wanted = new Set(roots)
  const users = usersOf(order)
  const kernels: Growing[] = []
  const homes = new Map<Expr, Set<Growing>>()
  const place = (e: Expr, kernel: Growing): void => {
    kernel.members.push(e)
    homes.set(e, (homes.get(e) ?? new Set()).add(kernel))
  }
  const open = (e: Expr, kind: Kernel['kind']): Growing => {
    const kernel: Growing = { kind, root: e, members: [], stores: new Set() }
    kernels.push(kernel)
    return kernel
  }
  for (const e of [...order].reverse()) {
    if (e.op.codegen === 'leaf' || e.op.codegen === 'view') continue
    if (!inLoops(e)) {
      const kernel = open(e, e.op.codegen === 'reduce' ? 'loop' : 'routine')
      homes.set(e, new Set([kernel]))
      continue
    }
    const readers = users.get(e) ?? []
    const near = readers.filter(aligned)
    const targets = new Set<Growing>()
    for (const u of near) for (const kernel of homes.get(u) ?? []) targets.add(kernel)
    const [only] = targets
    const apart = near.length < readers.length
    if (!apart && targets.size === 1 && only !== undefined) {
      place(e, only)
      if (wanted.has(e)) only.stores.add(e)
    } else {
      if (recomputed(e)) for (const kernel of targets) place(e, kernel)
      if (apart || wanted.has(e) || !recomputed(e)) {
        const own = open(e, 'loop')
        // Users elsewhere read the stored value unless they compute it again.
        own.members.push(e)
        own.stores.add(e)
        if (!homes.has(e)) homes.set(e, new Set([own]))
      }
    }
  }
  return kernels.reverse().flatMap(finish)
}

/** Every node's users, each once, in the order given. */
const usersOf = (order: readonly Expr[]): ReadonlyMap<Expr, readonly Expr[]> => {
  const users = new Map<Expr, Expr[]>()
  for (const e of order)
    for (const a of new Set(e.args)) {
      const known = users.get(a)
      if (known === undefined) users.set(a, [e])
      else known.push(e)
    }
  return users
}

/** A full sum runs over the flat vector: when its operand needs rows and columns, it is stored first. */
const finish = (k: Growing): readonly Kernel[] => {
  const members = [...k.members].reverse()
  const operand = k.root.args[0]
  if (k.root.op.name === 'sum' && k.root.attrs.axes === 'all' && operand !== undefined && members.some(needsRows))
    return [
      { kind: 'loop', root: operand, members, stores: new Set([...k.stores, operand]) },
      { kind: 'loop', root: k.root, members: [], stores: new Set() },
    ]
  return [{ ...k, members }]
}
