/**
 * A plan run on a byte-addressed memory, kernel by kernel and element by element, without any compiled code: values by the
 * references of the primitives, and every byte that a kernel reads or writes noted.
 */
import { addressIn } from '../../src/compile/emitPlan.js'
import type { Kernel } from '../../src/compile/fuse.js'
import { resolve } from '../../src/compile/places.js'
import { type Place, plan, type Roots } from '../../src/compile/plan.js'
import { bytesOf } from '../../src/compile/store.js'
import type { Env } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { literalValue } from '../../src/graph/primitives/leaf.js'
import { partOffsets } from '../../src/graph/primitives/sliceAssemble.js'
import { broadcastMode } from '../../src/graph/primitives/sumBroadcast.js'
import { columnsOf, sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'

interface Interpreted {
  readonly updates: Readonly<Record<string, Float32Array>>
  readonly outputs: Readonly<Record<string, Float32Array>>
  /** Distinct bytes, summed over kernels and late copies. */
  readonly read: number
  readonly written: number
  /** Most bytes of temporaries with values still needed at one kernel, and of all blocks that were touched. */
  readonly peak: number
}

const size = (e: Expr): number => sizeOf(e.shape)
const width = (e: Expr): number => bytesOf(resolve(e).base.dtype)

/** Runs separated roots once. Indices are not checked. */
export const interpret = (roots: Roots, env: Env): Interpreted => {
  const made = plan(roots)
  const order = topological([...Object.values(roots.updates), ...Object.values(roots.outputs)])
  const blocks = new Map(order.filter((e) => e.op.name === 'block').map((e) => [String(e.attrs.name), e]))
  for (const [name, e] of Object.entries(roots.updates)) if (!blocks.has(name)) blocks.set(name, e)
  const places = new Map<string, number>()
  let end = made.arenaBytes
  for (const [name, e] of blocks) {
    places.set(name, end)
    end += size(e) * bytesOf(e.dtype)
  }
  const memory = new DataView(new ArrayBuffer(end + 8))
  const address = addressIn(made, { arena: 0, block: (name) => places.get(name)! })

  let [reads, writes] = [new Set<number>(), new Set<number>()]
  const note = (bytes: Set<number>, at: number, n: number): void => {
    for (let k = 0; k < n; k++) bytes.add(at + k)
  }
  const loadAt = (e: Expr, at: number): number => {
    const { dtype } = resolve(e).base
    return dtype === 'u8'
      ? memory.getUint8(at)
      : dtype === 'i32'
        ? memory.getInt32(at, true)
        : memory.getFloat32(at, true)
  }
  const load = (e: Expr, i: number): number => {
    const at = address(e) + i * width(e)
    note(reads, at, width(e))
    return loadAt(e, at)
  }
  const store = (e: Expr, i: number, value: number): void => {
    const at = address(e) + i * 4
    note(writes, at, 4)
    memory.setFloat32(at, value, true)
  }
  const put = (e: Expr, values: ArrayLike<number>): void => {
    for (let i = 0; i < size(e); i++) {
      const at = address(e) + i * width(e)
      if (e.dtype === 'u8') memory.setUint8(at, values[i]!)
      else if (e.dtype === 'i32') memory.setInt32(at, values[i]!, true)
      else memory.setFloat32(at, values[i]!, true)
    }
  }
  for (const e of order)
    if ((e.op.name === 'block' || e.op.name === 'input') && (e.op.name === 'block' || made.places.has(e))) {
      const given = env[String(e.attrs.name)]!
      put(e, typeof given === 'number' ? [given] : given)
    }

  const loop = (k: Kernel): void => {
    const ends = k.members.includes(k.root)
    const space = ends ? k.root : k.root.args[0]!
    const n = columnsOf(space.shape)
    const taken = new Float32Array(size(space))
    for (let i = 0; i < size(space); i++) {
      const values = new Map<Expr, number>()
      const operand = (e: Expr, at: number): number => literalValue(e) ?? values.get(e) ?? load(e, at)
      for (const e of k.members) {
        const [a, b] = e.args
        if (literalValue(e) !== undefined) continue
        if (e.op.name === 'broadcast')
          values.set(e, operand(a!, { scalar: 0, row: i % n, column: Math.floor(i / n) }[broadcastMode(e)]))
        else if (e.op.name === 'rows') values.set(e, load(a!, load(b!, Math.floor(i / n)) * n + (i % n)))
        else {
          const out = new Float32Array(1)
          const args = e.args.map((x) => Float32Array.of(operand(x, i)))
          e.op.reference(args, out, { ...e, shape: [] }, Math.fround)
          values.set(e, out[0]!)
        }
      }
      if (!ends) taken[i] = operand(space, i)
      for (const e of k.stores) store(e, i, operand(e, i))
    }
    if (ends) return
    const out = new Float32Array(size(k.root))
    k.root.op.reference([taken], out, k.root, Math.fround)
    out.forEach((value, i) => store(k.root, i, value))
  }

  const assemble = (e: Expr): void => {
    const covered = new Set<number>()
    e.args.forEach((part, p) => {
      const inPlace = made.places.get(resolve(part).base)?.in === 'part'
      for (let i = 0; i < size(part); i++) {
        const to = partOffsets(e)[p]! + i
        covered.add(to)
        if (!inPlace) store(e, to, load(part, i))
      }
    })
    for (let i = 0; i < size(e); i++) if (!covered.has(i)) store(e, i, 0)
  }

  const routine = ({ root }: Kernel): void => {
    if (root.op.name === 'assemble') return assemble(root)
    const out = new Float32Array(size(root))
    const args = root.args.map(
      (a) =>
        new Proxy(new Float32Array(size(a)), {
          get: (_values, name) => {
            if (name === 'length') return size(a)
            if (name === 'subarray')
              return (from: number, to: number) => Float32Array.from({ length: to - from }, (_, i) => load(a, from + i))
            if (Number.isNaN(Number(name))) throw new Error(`interpreter: it does not see through .${String(name)}`)
            return load(a, Number(name))
          },
        }),
    )
    root.op.reference(args, out, root, Math.fround)
    out.forEach((value, i) => store(root, i, value))
  }

  /** The arena's values by what contains them: first kernel that wrote it, last that touched it. */
  const lives = new Map<Expr, { from: number; to: number }>()
  const touched = new Set<string>()
  const owner = (e: Expr): Expr | null => {
    const { base } = resolve(e)
    const place: Place | undefined =
      base.op.name === 'block' ? { in: 'block', name: String(base.attrs.name) } : made.places.get(base)
    if (place === undefined) return null
    if (place.in === 'part') return owner(place.of)
    if (place.in === 'arena') return base
    touched.add(place.name)
    return null
  }
  const touch = (e: Expr, at: number): void => {
    const found = owner(e)
    if (found === null) return
    const life = lives.get(found) ?? { from: at, to: at }
    lives.set(found, { from: Math.min(life.from, at), to: Math.max(life.to, at) })
  }

  let [read, written] = [0, 0]
  const close = (): void => {
    read += reads.size
    written += writes.size
    reads = new Set()
    writes = new Set()
  }
  const last = made.kernels.length
  made.kernels.forEach((k, t) => {
    if (k.kind === 'loop') loop(k)
    else routine(k)
    close()
    const inside = new Set(k.members)
    for (const e of [...k.members, k.root])
      for (const a of e.args) if (!inside.has(a) || e.op.codegen === 'load') touch(a, t)
    for (const e of [...k.stores, ...(inside.has(k.root) ? [] : [k.root])]) touch(e, t)
  })
  for (const { value, block } of made.copies) {
    for (let i = 0; i < size(value); i++) {
      const at = places.get(block)! + i * 4
      note(writes, at, 4)
      memory.setFloat32(at, load(value, i), true)
    }
    close()
    touch(value, last)
    touched.add(block)
  }
  for (const e of Object.values(roots.outputs)) touch(e, last)
  for (const e of order)
    if (e.op.name === 'input') {
      touch(e, -1)
      touch(e, last)
    }

  const live = Array.from({ length: last + 2 }, (_, k) =>
    [...lives].reduce((n, [e, { from, to }]) => n + (from <= k - 1 && k - 1 <= to ? size(e) * width(e) : 0), 0),
  )
  const kept = [...touched].reduce((n, name) => n + size(blocks.get(name)!) * bytesOf(blocks.get(name)!.dtype), 0)
  const peek = (at: number, e: Expr): Float32Array =>
    Float32Array.from({ length: size(e) }, (_, i) => memory.getFloat32(at + 4 * i, true))
  return {
    updates: Object.fromEntries(Object.entries(roots.updates).map(([name, e]) => [name, peek(places.get(name)!, e)])),
    outputs: Object.fromEntries(Object.entries(roots.outputs).map(([name, e]) => [name, peek(address(e), e)])),
    read,
    written,
    peak: Math.max(...live) + kept,
  }
}
