/**
 * What a plan moves through memory: exact, from the plan alone. It is the traffic that no kernel can do without: each kernel reads
 * every byte of memory that its operands name once, and writes every byte of its results once; registers and caches serve the
 * rest, and nothing is kept from one kernel to the next.
 *
 * A broadcast reads its row, column or scalar once, a view the bytes it names, a constant nothing. A gather reads its indices and as
 * many rows of its table as there are indices, never more than the table: exact when the indices of a kernel differ, an upper
 * bound otherwise. Parts of an assembled vector that are computed in place are neither read nor written again; its other parts are
 * copied and its gaps are written. A late copy reads and writes its block. Columns taken out of wider rows are read, the other columns are not.
 * Any other routine reads its arguments whole. What a routine does within its scratch area and its
 * result (packed panels, running sums) is how it works, not what it moves; so are the host's writes of inputs and reads of outputs.
 */
import type { Expr } from '../graph/expr.js'
import { literalValue } from '../graph/primitives/leaf.js'
import { sliceLastPrimitive } from '../graph/primitives/joinLast.js'
import { assemblePrimitive } from '../graph/primitives/sliceAssemble.js'
import { columnsOf, rowsOf, sizeOf } from '../graph/shape.js'
import { addressIn } from './emitPlan.js'
import { type Kernel, memoryReads } from './fuse.js'
import type { Address } from './loop.js'
import { resolve } from './places.js'
import type { Plan } from './plan.js'
import { bytesOf } from './store.js'

/** Bytes moved by one run, and the most bytes that are needed at once: live temporaries, and all blocks that the plan touches. */
export interface Traffic {
  readonly read: number
  readonly written: number
  readonly peak: number
}

/** Bytes `[from, to)`. */
interface Span {
  readonly from: number
  readonly to: number
}

const bytesIn = (e: Expr): number => sizeOf(e.shape) * bytesOf(resolve(e).base.dtype)

const total = (spans: readonly Span[]): number => spans.reduce((n, { from, to }) => n + to - from, 0)

/** Distinct bytes of spans that may overlap. */
const distinct = (spans: readonly Span[]): number => {
  let [bytes, end] = [0, Number.NEGATIVE_INFINITY]
  for (const { from, to } of spans.length < 2 ? spans : spans.toSorted((p, q) => p.from - q.from)) {
    bytes += Math.max(0, to - Math.max(from, end))
    end = Math.max(end, to)
  }
  return bytes
}

/** Operands of a kernel that are in memory, and the rows it gathers by table. */
const operandsOf = (k: Kernel, placed: (part: Expr) => boolean) => {
  const whole = new Set<Expr>()
  const rows = new Map<Expr, number>()
  if (k.kind === 'routine') {
    for (const a of k.root.args) if (k.root.op !== assemblePrimitive || !placed(a)) whole.add(a)
    return { whole, rows }
  }
  for (const { user, operand } of memoryReads(k)) {
    if (literalValue(operand) !== undefined) continue
    if (user.op.name === 'rows' && operand === user.args[0])
      rows.set(operand, (rows.get(operand) ?? 0) + rowsOf(user.shape))
    else whole.add(operand)
  }
  return { whole, rows }
}

const readBy = (k: Kernel, span: (e: Expr) => Span, placed: (part: Expr) => boolean): number => {
  // the columns that it takes
  if (k.root.op === sliceLastPrimitive) return bytesIn(k.root)
  const { whole, rows } = operandsOf(k, placed)
  const spans = [...whole].map(span)
  let gathered = 0
  for (const [table, count] of rows) {
    const all = span(table)
    // rows of a table that the kernel reads otherwise too are not told apart from the rest of it
    if (spans.some(({ from, to }) => from < all.to && all.from < to)) spans.push(all)
    else gathered += Math.min(bytesIn(table), count * columnsOf(table.shape) * bytesOf(table.dtype))
  }
  return distinct(spans) + gathered
}

const writtenBy = (k: Kernel, span: (e: Expr) => Span, placed: (part: Expr) => boolean): number => {
  if (k.root.op === assemblePrimitive)
    return bytesIn(k.root) - k.root.args.reduce((n, part) => n + (placed(part) ? bytesIn(part) : 0), 0)
  const results = k.kind === 'loop' && k.members.includes(k.root) ? [...k.stores] : [...k.stores, k.root]
  return total(results.map(span))
}

/** Most bytes of temporaries that are live at one kernel. */
const liveBytes = ({ ranges, kernels }: Plan): number => {
  const change = new Float64Array(kernels.length + 3)
  for (const { value, from, to } of ranges) {
    change[from + 1]! += bytesIn(value)
    change[to + 2]! -= bytesIn(value)
  }
  let [live, most] = [0, 0]
  for (const step of change) {
    live += step
    most = Math.max(most, live)
  }
  return most
}

/** Bytes of the blocks that kernels or late copies read or write. */
const blockBytes = ({ kernels, places, copies }: Plan): number => {
  const blocks = new Map<string, number>()
  for (const { value, block } of copies) blocks.set(block, bytesIn(value))
  for (const [value, place] of places) if (place.in === 'block') blocks.set(place.name, bytesIn(value))
  for (const k of kernels)
    for (const e of [...k.members, k.root])
      for (const a of e.args) {
        const { base } = resolve(a)
        if (base.op.name === 'block') blocks.set(String(base.attrs.name), bytesIn(base))
      }
  return [...blocks.values()].reduce((n, bytes) => n + bytes, 0)
}

/** Every block at an address of its own, apart from the arena: all that matters here is which bytes are the same. */
const apart = (made: Plan): Address => {
  const blocks = new Map<string, number>()
  const block = (name: string): number => {
    const known = blocks.get(name) ?? (blocks.size + 1) * 2 ** 33
    blocks.set(name, known)
    return known
  }
  return addressIn(made, { arena: 0, block })
}

/** Traffic of one run of a plan. */
export const traffic = (made: Plan): Traffic => {
  const address = apart(made)
  const span = (e: Expr): Span => ({ from: address(e), to: address(e) + bytesIn(e) })
  const placed = (part: Expr): boolean => made.places.get(resolve(part).base)?.in === 'part'
  const copied = made.copies.reduce((n, { value }) => n + bytesIn(value), 0)
  return {
    read: made.kernels.reduce((n, k) => n + readBy(k, span, placed), copied),
    written: made.kernels.reduce((n, k) => n + writtenBy(k, span, placed), copied),
    peak: liveBytes(made) + blockBytes(made),
  }
}
