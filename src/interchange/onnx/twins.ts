/** The same graph built for several batches, node beside node. */
import type { Attrs, Expr } from '../../graph/expr.js'
import { topological } from '../../graph/topological.js'
import type { Dim } from './dims.js'

/** What the nodes that stand at one place of all builds have; asked with the node of the first build. */
export interface Twins {
  /** The shape, with the value of every axis in every build. */
  readonly dims: (e: Expr) => readonly Dim[]
  /** A number of the node, in every build. */
  readonly number: (e: Expr, of: (twin: Expr) => number) => Dim
}

// the text of a body holds its shapes; its nodes are compared themselves
const fixedAttrs = ({ body: _, ...attrs }: Attrs): string =>
  JSON.stringify(Object.entries(attrs).map(([name, value]) => (typeof value === 'number' ? name : [name, value])))

const alike = (a: Expr, b: Expr): boolean =>
  a.op.name === b.op.name &&
  a.dtype === b.dtype &&
  a.shape.length === b.shape.length &&
  a.args.length === b.args.length &&
  Object.keys(a.attrs).join() === Object.keys(b.attrs).join()

// lists of offsets follow the batch too
const listsApart = (e: Expr): Attrs =>
  Object.fromEntries(Object.entries(e.attrs).map(([name, v]) => [name, typeof v === 'object' ? v.length : v]))

/** Undefined when the builds differ in more than lengths. */
export const twinsOf = (builds: readonly (readonly Expr[])[]): Twins | undefined => {
  const known = new Map<Expr, readonly Expr[]>()
  const walk = (graphs: readonly (readonly Expr[])[]): boolean => {
    const orders = graphs.map(topological)
    const [first = []] = orders
    if (orders.some((order) => order.length !== first.length)) return false
    const places = orders.map((order) => new Map(order.map((e, i) => [e, i])))
    return first.every((e, i) => {
      const twins = orders.map((order) => order[i]!)
      const fixed = fixedAttrs(listsApart(e))
      const same = twins.every(
        (twin, k) =>
          alike(e, twin) &&
          fixedAttrs(listsApart(twin)) === fixed &&
          twin.args.every((a, j) => places[k]!.get(a) === places[0]!.get(e.args[j]!)),
      )
      if (!same || (known.has(e) && known.get(e)?.some((twin, k) => twin !== twins[k]) === true)) return false
      known.set(e, twins)
      const bodies = twins.flatMap(({ body }) => (body === undefined ? [] : [body]))
      if (bodies.length === 0) return true
      return walk(bodies.map((b) => [...b.states, ...b.inputs, ...b.constants, ...b.next, ...b.outputs, ...b.sums]))
    })
  }
  if (!walk(builds)) return undefined
  const twins = (e: Expr): readonly Expr[] => {
    const found = known.get(e)
    if (found === undefined) throw new Error(`onnx: '${e.op.name}' stands in no build`)
    return found
  }
  return {
    dims: (e) => e.shape.map((_, axis) => twins(e).map((twin) => twin.shape[axis]!)),
    number: (e, of) => twins(e).map(of),
  }
}
