/**
 * A program: new values of resident blocks and values to read out, compiled against a store into one WebAssembly function.
 * A run is one call: inputs are written to fixed places, and the step itself allocates nothing.
 */
import { costOf } from '../graph/cost.js'
import type { Cost, DType, Expr } from '../graph/expr.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { type Feed, feeder, portsOf } from './feed.js'
import { link } from './link.js'
import { once } from './once.js'
import { type Plan, plan } from './plan.js'
import { separate } from './separate.js'
import { type Block, type Store, type Values, keptView } from './store.js'
import { type Traffic, traffic } from './traffic.js'

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
  /** Bytes moved by one run, and the most that are needed at once. */
  readonly traffic: Traffic
  /** Size of the generated module in bytes. */
  readonly moduleBytes: number
  /** Gives the program's memory back to the store; the program can neither be run nor asked for outputs again. */
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

  // Names are those of the graph as written; a simplification may have made one needless.
  const written = portsOf(topological([...Object.values(spec.updates), ...Object.values(spec.outputs)]))
  const ports = portsOf(order)

  const { entry, address, moduleBytes, release } = link(roots, made, store)
  const viewAt = (e: Expr, dtype: DType) => keptView(store.memory, dtype, address(e), sizeOf(e.shape))
  const feed = feeder(ports, written, ({ expr, dtype }) => viewAt(expr, dtype))
  const views = new Map(Object.entries(roots.outputs).map(([name, e]) => [name, viewAt(e, 'f32')]))
  const resident = [...blocks.values()]
  const moved = once(() => traffic(made))
  let disposed = false
  const usable = (): void => {
    if (disposed) throw new Error('program: it was disposed of; compile again')
  }
  const output = (name: string): Values => {
    usable()
    const view = views.get(name)
    if (view === undefined) throw new Error(`program: no output '${name}'; known: ${[...views.keys()].join(', ')}`)
    return view()
  }
  return {
    run: (values) => {
      usable()
      for (let i = 0; i < resident.length; i++)
        if (!resident[i]!.live) throw new Error(`program: block '${resident[i]!.name}' was freed; compile again`)
      feed(values)
      entry()
    },
    scalar: (name) => output(name)[0] ?? Number.NaN,
    output: (name) => Float32Array.from(output(name)),
    plan: made,
    cost: costOf(order),
    get traffic() {
      return moved()
    },
    moduleBytes,
    dispose: () => {
      if (disposed) return
      disposed = true
      release()
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
