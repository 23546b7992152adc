/**
 * A program: new values of resident blocks and values to read out, compiled against a store into one WebAssembly function.
 * A run is one call: inputs are written to fixed places, and the step itself allocates nothing.
 */
import { cost } from '../graph/cost.js'
import type { Cost, Expr } from '../graph/expr.js'
import { lower } from '../graph/lower.js'
import { copy } from '../graph/primitives/copy.js'
import { dotSizes } from '../graph/primitives/dot.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { checkFeed, type Feed, portsOf } from './feed.js'
import { scratchBytes } from './gemm/blocking.js'
import { gemmSignature, packColumnsSignature } from './gemm/module.js'
import { smallScratchBytes } from './gemm/small.js'
import { emitLoop } from './loop.js'
import { resolve } from './places.js'
import { type Plan, plan } from './plan.js'
import { emitRoutine } from './routine.js'
import { type Block, bytesOf, type Store, type Values, viewOf } from './store.js'
import { wasmModule } from './wasm.js'

/** What a program computes: new values of blocks (all from the values before the run) and named outputs. */
export interface Spec {
  readonly updates: Readonly<Record<string, Expr>>
  readonly outputs: Readonly<Record<string, Expr>>
}

/** A compiled program. */
export interface Program {
  /** Runs once. Inputs that are not given keep their last value. Throws on unknown inputs, wrong sizes, indices outside of a table and freed blocks. */
  readonly run: (inputs: Feed) => void
  /** The scalar output `name` of the last run. */
  readonly scalar: (name: string) => number
  /** A copy of the output `name` of the last run. */
  readonly output: (name: string) => Float32Array
  readonly plan: Plan
  /** Counted work of one run. */
  readonly cost: Cost
  /** Size of the generated module in bytes. */
  readonly moduleBytes: number
  /** Gives the program's memory back to the store; the program must not be run again. */
  readonly dispose: () => void
}

/** Compiles a program. Throws when an update has another shape than its block or a block is missing. */
export const compile = (spec: Spec, store: Store): Program => {
  for (const [name, e] of Object.entries(spec.updates)) {
    const b = store.get(name)
    if (!sameShape(b.shape, e.shape) || b.dtype !== 'f32')
      throw new Error(
        `compile: block '${name}' is ${b.dtype} ${showShape(b.shape)}, its update is f32 ${showShape(e.shape)}`,
      )
  }
  const roots = separate(spec)
  const order = topological([...Object.values(roots.updates), ...Object.values(roots.outputs)])
  const made = plan(roots)
  const blocks = new Map<string, Block>()
  for (const e of order) if (e.op.name === 'block') blocks.set(String(e.attrs.name), checkBlock(e, store))
  for (const name of Object.keys(roots.updates)) blocks.set(name, store.get(name))

  const arena = store.arena.take(made.arenaBytes)
  const dots = order.filter((e) => e.op.name === 'dot')
  const scratch = store.arena.take(Math.max(64, ...dots.map(scratchOf)))
  const base = (e: Expr): number => {
    if (e.op.name === 'block') return store.get(String(e.attrs.name)).address
    const place = made.places.get(e)
    if (place === undefined) throw new Error(`compile: '${e.op.name}' ${showShape(e.shape)} has no place`)
    if (place.in === 'block') return store.get(place.name).address
    return place.in === 'arena' ? arena + place.offset : base(place.of) + place.element * 4
  }
  const address = (e: Expr): number => {
    const named = resolve(e)
    return base(named.base) + named.from * bytesOf(named.base.dtype)
  }

  const module = wasmModule()
  module.importMemory('env', 'memory')
  const gemm = module.importFunction('env', 'gemm', gemmSignature)
  const packColumns = module.importFunction('env', 'packColumns', packColumnsSignature)
  const run = module.func({ name: 'run' })
  const placed = (whole: Expr, i: number): boolean => made.places.get(resolve(whole.args[i]!).base)?.in === 'part'
  for (const kernel of made.kernels) {
    const f = module.func({})
    run.call(f)
    if (kernel.kind === 'loop') emitLoop(f, kernel, address)
    else emitRoutine(f, kernel.root, { address, gemm, packColumns, scratch, placed })
  }
  for (const { value, block } of made.copies) {
    run.i32.const(store.get(block).address)
    run.i32.const(address(value))
    run.i32.const(sizeOf(value.shape) * 4)
    run.memory.copy()
  }
  const bytes = module.encode()
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { memory: store.memory, ...store.products },
  })
  const entry = instance.exports.run
  if (entry === undefined) throw new Error('compile: the module exports no run')

  // Names are those of the graph as written; a simplification may have made one needless.
  const written = portsOf([...Object.values(spec.updates), ...Object.values(spec.outputs)])
  const ports = portsOf([...Object.values(roots.updates), ...Object.values(roots.outputs)])
  let disposed = false
  const output = (name: string): Values => {
    const e = roots.outputs[name]
    if (e === undefined)
      throw new Error(`program: no output '${name}'; known: ${Object.keys(roots.outputs).join(', ')}`)
    return viewOf(store.memory, 'f32', address(e), sizeOf(e.shape))
  }
  return {
    run: (values) => {
      if (disposed) throw new Error('program: it was disposed of; compile again')
      for (const name of Object.keys(values)) {
        const value = values[name]
        const port = ports.get(name)
        if (port === undefined && !written.has(name))
          throw new Error(`program: no input '${name}'; known: ${[...written.keys()].join(', ')}`)
        if (port === undefined || value === undefined) continue
        checkFeed(name, port, value)
        const view = viewOf(store.memory, port.dtype, base(port.expr), port.size)
        if (typeof value === 'number') view[0] = value
        else view.set(value)
      }
      for (const b of blocks.values())
        if (!b.live) throw new Error(`program: block '${b.name}' was freed; compile again`)
      entry()
    },
    scalar: (name) => output(name)[0] ?? Number.NaN,
    output: (name) => Float32Array.from(output(name)),
    plan: made,
    cost: cost([...Object.values(spec.updates), ...Object.values(spec.outputs)]),
    moduleBytes: bytes.length,
    dispose: () => {
      if (disposed) return
      disposed = true
      for (const a of [arena, scratch]) store.arena.give(a)
    },
  }
}

/** Lowers all roots together and gives each update and output that has no storage of its own (a view, a leaf, one that is shared) a copy. */
const separate = (spec: Spec): Spec => {
  const names = [
    ...Object.keys(spec.updates).map((n) => ['updates', n] as const),
    ...Object.keys(spec.outputs).map((n) => ['outputs', n] as const),
  ]
  const lowered = lower(names.map(([kind, n]) => spec[kind][n]!))
  const used = new Set<Expr>()
  const own = lowered.map((e) => {
    const bare = e.op.codegen === 'leaf' || e.op.codegen === 'view' || used.has(e) || e.op.codegen === 'load'
    const root = bare ? copy(e) : e
    used.add(root)
    return root
  })
  const pick = (kind: 'updates' | 'outputs') =>
    Object.fromEntries(names.flatMap(([k, n], i) => (k === kind ? [[n, own[i]!]] : [])))
  return { updates: pick('updates'), outputs: pick('outputs') }
}

const checkBlock = (e: Expr, store: Store): Block => {
  const b = store.get(String(e.attrs.name))
  if (!sameShape(b.shape, e.shape) || b.dtype !== e.dtype)
    throw new Error(
      `compile: block '${b.name}' is ${b.dtype} ${showShape(b.shape)} in the store and ${e.dtype} ${showShape(e.shape)} in the graph`,
    )
  return b
}

const scratchOf = (e: Expr): number => {
  const { m, n, k } = dotSizes(e)
  return Math.max(
    scratchBytes(m, n, k),
    smallScratchBytes({ m, n, k, ta: e.attrs.ta === true, tb: e.attrs.tb === true }),
  )
}
