/** The reference evaluation with counters on every element it touches and every result it rounds. */
import type { Env } from '../../src/graph/evaluate.js'
import type { Cost, Expr } from '../../src/graph/expr.js'
import { lower } from '../../src/graph/lower.js'
import { literalValue } from '../../src/graph/primitives/leaf.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'

/** What one node's reference did. */
interface Seen {
  /** Reads of elements of the first argument, and how many of these elements are different. */
  reads: number
  readonly distinct: Set<number>
  /** Elements of the result written one by one. */
  writes: number
  /** Results inside of a sum that were rounded. */
  rounded: number
}

/** An array that reports the elements read and written one by one; blocks that are moved as a whole are not reported. */
const watched = (values: Float32Array, read: (i: number) => void, write: () => void): Float32Array =>
  new Proxy(values, {
    get: (target, name) => {
      if (name === 'length') return target.length
      if (name === 'fill') return target.fill.bind(target)
      if (name === 'set') return target.set.bind(target)
      if (name === 'subarray') return target.subarray.bind(target)
      const i = Number(name)
      if (Number.isNaN(i)) throw new Error(`instrument: it does not see through .${String(name)}`)
      read(i)
      return target[i]
    },
    set: (target, name, value: number) => {
      target[Number(name)] = value
      write()
      return true
    },
  })

/** Runs the reference of one node on instruments. */
const observe = (e: Expr, args: readonly Float32Array[], out: Float32Array): Seen => {
  const seen: Seen = { reads: 0, distinct: new Set(), writes: 0, rounded: 0 }
  const first = (i: number): void => {
    seen.reads++
    seen.distinct.add(i)
  }
  const ignore = (): void => undefined
  const refuse = (): void => {
    throw new Error(`instrument: '${e.op.name}' writes to an argument`)
  }
  e.op.reference(
    args.map((values, k) => watched(values, k === 0 ? first : ignore, refuse)),
    watched(out, ignore, () => {
      seen.writes++
    }),
    e,
    (x) => {
      seen.rounded++
      return Math.fround(x)
    },
  )
  return seen
}

/** Routines that sum products: each is rounded, and so is each sum. */
const multiplying = new Set(['dot', 'convolve'])

/** Routines that compare: one operation for each entry of their first argument, also where a window has only one. */
const comparing = new Set(['poolMax', 'poolRoute', 'poolPick'])

/** The work that was seen, by the definition in `src/graph/cost.ts`, whatever the primitive says of its own cost. */
const workOf = (e: Expr, seen: Seen): Cost => {
  const free = { macs: 0, operations: 0 }
  if (e.op.codegen === 'leaf' || e.op.codegen === 'view' || e.op.codegen === 'load' || e.op.name === 'copy') return free
  if (e.op.codegen === 'lane') return { macs: 0, operations: seen.writes }
  if (e.op.codegen === 'reduce') return { macs: 0, operations: seen.reads }
  // it happens in f64 and depends on values: it is declared
  if (e.op.name === 'onHost') return e.op.cost(e)
  if (multiplying.has(e.op.name)) return { macs: seen.rounded / 2, operations: 0 }
  if (comparing.has(e.op.name)) return { macs: 0, operations: Math.max(seen.distinct.size, seen.writes) }
  // a loop rounds what it adds to its sums; what its body does is seen in the body
  const { macs, operations } = e.body === undefined ? free : stepOf(e)
  const steps = Number(e.attrs.steps ?? 1)
  return { macs: steps * macs, operations: steps * operations + seen.rounded }
}

/** The work of one step of a loop, whatever the values. */
const stepOf = ({ body }: Expr): Cost => {
  if (body === undefined) throw new Error('instrument: the node has no body')
  const leaves = [...body.states, ...body.inputs, ...body.constants]
  const env = Object.fromEntries(leaves.map((e) => [String(e.attrs.name), new Float32Array(sizeOf(e.shape)).fill(0.5)]))
  return instrumented([...body.next, ...body.outputs, ...body.sums], env).work
}

/** Values of `outputs` in f32, and the work that their evaluation was seen to do. */
export const instrumented = (
  outputs: readonly Expr[],
  env: Env,
): { readonly values: readonly Float32Array[]; readonly work: Cost } => {
  const roots = lower(outputs)
  const values = new Map<Expr, Float32Array>()
  let [macs, operations] = [0, 0]
  for (const e of topological(roots)) {
    if (e.op.codegen === 'leaf') {
      const given = literalValue(e) ?? env[String(e.attrs.name)] ?? []
      values.set(e, Float32Array.from(typeof given === 'number' ? [given] : given))
      continue
    }
    const out = new Float32Array(sizeOf(e.shape))
    const own = workOf(
      e,
      observe(
        e,
        e.args.map((a) => values.get(a)!),
        out,
      ),
    )
    values.set(e, out)
    macs += own.macs
    operations += own.operations
  }
  return { values: roots.map((e) => values.get(e)!), work: { macs, operations } }
}
