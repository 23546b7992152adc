/** The same elements in the same order under another shape: a view, never a copy. */
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, sameShape, type Shape, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { moved } from './rounding.js'

export const reshapePrimitive: Primitive = {
  name: 'reshape',
  codegen: 'view',
  takesIntegers: true,
  vjp: (ct, e) => [reshape(ct, e.args[0]?.shape ?? [])],
  jvp: ([t], e) => (t ? reshape(t, e.shape) : null),
  error: moved,
  reference: ([x], out) => {
    if (x !== undefined) out.set(x)
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: () => reshape(input('a', [2, 3]), [3, 2]),
}

/** `x` under another shape of equal size. The identity when the shapes are equal. */
export const reshape = (x: Expr, shape: Shape): Expr => {
  assertShape(sizeOf(x.shape) === sizeOf(shape), 'reshape', 'shapes of one size', x.shape, shape)
  return sameShape(x.shape, shape) ? x : node(reshapePrimitive, [x], shape, {}, x.dtype)
}
