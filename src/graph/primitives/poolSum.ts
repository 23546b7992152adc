/**
 * Sum over windows and its transpose, which spreads a value over its window. The entries of a window are added in f32 in
 * (ky, kx) order, from +0.
 */
import type { Key } from '../../random/key.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, sameShape, type Shape, sizeOf } from '../shape.js'
import { divide } from './divide.js'
import { input, literal } from './leaf.js'
import { eachWindow, pooledShape, samplePool, windowOf } from './pooling.js'
import { broadcast } from './sumBroadcast.js'
import { addedInTurn, moved } from './rounding.js'

export const poolSumPrimitive: Primitive = {
  name: 'poolSum',
  codegen: 'routine',
  vjp: (ct, e) => [poolSpread(ct, e.args[0]!.shape, windowOf(e))],
  jvp: ([t], e) => (t ? poolSum(t, windowOf(e)) : null),
  error: addedInTurn,
  reference: ([x], out, e, round) =>
    eachWindow(e.args[0]!.shape, windowOf(e), (to, entries) => {
      out[to] = entries.reduce((sum, at) => round(sum + x![at]!), 0)
    }),
  cost: (e) => ({ macs: 0, operations: sizeOf(e.shape) * windowOf(e) * windowOf(e) }),
  sample: (key: Key) => {
    const { shape, size } = samplePool(key)
    return poolSum(input('x', shape), size)
  },
}

export const poolSpreadPrimitive: Primitive = {
  name: 'poolSpread',
  codegen: 'routine',
  vjp: (ct, e) => [poolSum(ct, windowOf(e))],
  jvp: ([t], e) => (t ? poolSpread(t, e.shape, windowOf(e)) : null),
  error: moved,
  reference: ([x], out, e) => {
    out.fill(0)
    eachWindow(e.shape, windowOf(e), (from, entries) => {
      for (const at of entries) out[at] = x![from]!
    })
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: (key: Key) => {
    const { shape, size } = samplePool(key)
    return poolSpread(input('x', pooledShape('sample', shape, size)), shape, size)
  },
}

/** Sum over windows of `size` × `size` side by side, `[n, h, w, c]` → `[n, ⌊h/size⌋, ⌊w/size⌋, c]`; see `poolMax` for left-overs. */
export const poolSum = (x: Expr, size: number): Expr =>
  node(poolSumPrimitive, [x], pooledShape('poolSum', x.shape, size), { size })

/** Each entry of `x` at every place of its window in an image of `shape`; +0 where no window is. */
export const poolSpread = (x: Expr, shape: Shape, size: number): Expr => {
  const pooled = pooledShape('poolSpread', shape, size)
  assertShape(sameShape(x.shape, pooled), 'poolSpread', 'values for the windows of the second shape', x.shape, shape)
  return node(poolSpreadPrimitive, [x], shape, { size })
}

/** Mean over windows: `poolSum(x, size)` divided by `size²`. */
export const poolMean = (x: Expr, size: number): Expr => {
  const sums = poolSum(x, size)
  return divide(sums, broadcast(literal(size * size), sums.shape))
}
