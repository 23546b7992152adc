/**
 * A program: new values of resident blocks and values to read out, compiled against a store into one WebAssembly function.
 * A run is one call: inputs are written to fixed places, and the step itself allocates nothing.
 */
import { cost } from '../graph/cost.js'
import type { Cost, Expr } from '../graph/expr.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { addressIn, emitPlan, scratchOf } from './emitPlan.js'
import { checkFeed, type Feed, portsOf } from './feed.js'
import { gemmSignature, packColumnsSignature } from './gemm/module.js'
import { type Plan, plan } from './plan.js'
import { separate } from './separate.js'
import { type Block, type Store, type Values, viewOf } from './store.js'
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
  const scratch = store.arena.take(scratchOf(roots))
  const grounds = { arena, block: (name: string) => store.get(name).address }
  const address = addressIn(made, grounds)

  const module = wasmModule()
  module.importMemory('env', 'memory')
  const gemm = module.importFunction('env', 'gemm', gemmSignature)
  const packColumns = module.importFunction('env', 'packColumns', packColumnsSignature)
  const run = module.func({ name: 'run' })
  emitPlan(run, made, grounds, { module, arithmetic: store.arithmetic, gemm, packColumns, scratch })
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
        const view = viewOf(store.memory, port.dtype, address(port.expr), port.size)
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

const checkBlock = (e: Expr, store: Store): Block => {
  const b = store.get(String(e.attrs.name))
  if (!sameShape(b.shape, e.shape) || b.dtype !== e.dtype)
    throw new Error(
      `compile: block '${b.name}' is ${b.dtype} ${showShape(b.shape)} in the store and ${e.dtype} ${showShape(e.shape)} in the graph`,
    )
  return b
}
