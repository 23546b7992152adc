/**
 * Maximum over windows, and the two linear maps of its derivative, each the other's transpose: `poolRoute` puts a value at the
 * window's first maximum, `poolPick` takes the value that stands there. Both depend on `x` by position only, so they have no
 * derivative in it, and second derivatives follow.
 *
 * The first maximum, in (ky, kx) order: start at the first entry, go on to an entry when the best so far is less (`best < x`).
 * So of equal entries (−0 and +0 are equal) the first counts; a NaN as first entry stays, a later one is passed over.
 */
import { type Bounded, type Expr, node, type Primitive, type Vector } from '../expr.js'
import { assertShape, sameShape, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { eachWindow, pooledShape, samplePool, windowOf } from './pooling.js'
import { beyond, betweenEnds, gap } from './rounding.js'

const firstMaximum = (x: Vector, entries: readonly number[]): number =>
  entries.reduce((best, at) => (x[best]! < x[at]! ? at : best))

/** The entries of a window that may be its first maximum in f32; all of them where nothing is known about one. */
const possibleMaxima = ({ value, error }: Bounded, entries: readonly number[]): readonly number[] => {
  if (entries.some((at) => !Number.isFinite(error[at]!) || Number.isNaN(value[at]!))) return entries
  const before = (k: number, j: number): boolean => {
    const margin = error[k]! + error[j]!
    if (margin > 0) return beyond(value[k]!, value[j]!, margin)
    return k < j ? value[k]! >= value[j]! : value[k]! > value[j]!
  }
  return entries.filter((j) => !entries.some((k) => k !== j && before(k, j)))
}

// every entry of every window is taken into its maximum; left-overs are not
const cost = (e: Expr) => {
  const size = windowOf(e)
  return { macs: 0, operations: sizeOf(pooledShape(e.op.name, e.args[0]?.shape ?? [], size)) * size * size }
}

export const poolMaxPrimitive: Primitive = {
  name: 'poolMax',
  codegen: 'routine',
  vjp: (ct, e) => [poolRoute(e.args[0]!, ct, windowOf(e))],
  jvp: ([t], e) => (t ? poolPick(e.args[0]!, t, windowOf(e)) : null),
  promise: (e, [x]) => poolPick(x!, e.args[0]!, windowOf(e)),
  error: betweenEnds,
  reference: ([x], out, e) =>
    eachWindow(e.args[0]!.shape, windowOf(e), (to, entries) => {
      out[to] = x![firstMaximum(x!, entries)]!
    }),
  cost,
  sample: (key) => {
    const { shape, size } = samplePool(key)
    return poolMax(input('x', shape), size)
  },
}

export const poolRoutePrimitive: Primitive = {
  name: 'poolRoute',
  codegen: 'routine',
  vjp: (ct, e) => [null, poolPick(e.args[0]!, ct, windowOf(e))],
  jvp: ([, t], e) => (t ? poolRoute(e.args[0]!, t, windowOf(e)) : null),
  promise: (e, [x]) => poolRoute(x!, e.args[1]!, windowOf(e)),
  // every entry that may be the first maximum may hold the value, or not
  error: ([x, ct], e, value) => {
    const out = new Float64Array(value.length)
    eachWindow(e.shape, windowOf(e), (from, entries) => {
      const found = possibleMaxima(x!, entries)
      const [size, err] = [Math.abs(ct!.value[from]!), ct!.error[from]!]
      for (const at of found) out[at] = found.length === 1 ? err : size + err
    })
    return out
  },
  reference: ([x, ct], out, e) => {
    out.fill(0)
    eachWindow(e.shape, windowOf(e), (from, entries) => {
      out[firstMaximum(x!, entries)] = ct![from]!
    })
  },
  cost,
  sample: (key) => {
    const { shape, size } = samplePool(key)
    return poolRoute(input('x', shape), input('ct', pooledShape('sample', shape, size)), size)
  },
}

export const poolPickPrimitive: Primitive = {
  name: 'poolPick',
  codegen: 'routine',
  vjp: (ct, e) => [null, poolRoute(e.args[0]!, ct, windowOf(e))],
  jvp: ([, t], e) => (t ? poolPick(e.args[0]!, t, windowOf(e)) : null),
  promise: (e, [x]) => poolPick(x!, e.args[1]!, windowOf(e)),
  error: ([x, v], e, value) => {
    const out = new Float64Array(value.length)
    eachWindow(e.args[0]!.shape, windowOf(e), (to, entries) => {
      for (const at of possibleMaxima(x!, entries))
        out[to] = Math.max(out[to]!, gap(v!.value[at]!, value[to]!) + v!.error[at]!)
    })
    return out
  },
  reference: ([x, v], out, e) =>
    eachWindow(e.args[0]!.shape, windowOf(e), (to, entries) => {
      out[to] = v![firstMaximum(x!, entries)]!
    }),
  cost,
  sample: (key) => {
    const { shape, size } = samplePool(key)
    return poolPick(input('x', shape), input('v', shape), size)
  },
}

/**
 * Maximum over windows of `size` × `size` side by side, `[n, h, w, c]` → `[n, ⌊h/size⌋, ⌊w/size⌋, c]`. Left-over rows and
 * columns belong to no window. The derivative goes to the first maximum of each window; see above for ties and NaN.
 */
export const poolMax = (x: Expr, size: number): Expr =>
  node(poolMaxPrimitive, [x], pooledShape('poolMax', x.shape, size), { size })

/** `ct`, of the shape of `poolMax(x, size)`, put at the first maximum of each window of `x`; +0 elsewhere. Has the shape of `x`. */
export const poolRoute = (x: Expr, ct: Expr, size: number): Expr => {
  const pooled = pooledShape('poolRoute', x.shape, size)
  assertShape(sameShape(ct.shape, pooled), 'poolRoute', 'images and values for their windows', x.shape, ct.shape)
  return node(poolRoutePrimitive, [x, ct], x.shape, { size })
}

/** The entry of `v`, of the shape of `x`, where each window of `x` has its first maximum. Has the shape of `poolMax(x, size)`. */
export const poolPick = (x: Expr, v: Expr, size: number): Expr => {
  const pooled = pooledShape('poolPick', x.shape, size)
  assertShape(sameShape(x.shape, v.shape), 'poolPick', 'images of one shape', x.shape, v.shape)
  return node(poolPickPrimitive, [x, v], pooled, { size })
}
