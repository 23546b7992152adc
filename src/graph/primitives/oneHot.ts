/** Class indices as rows of zeros with a single one. */
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf } from '../shape.js'
import { input } from './leaf.js'
import { exact } from './rounding.js'

export const oneHotPrimitive: Primitive = {
  name: 'oneHot',
  codegen: 'routine',
  takesIntegers: true,
  vjp: () => [null],
  jvp: () => null,
  error: exact,
  reference: ([indices], out, e) => {
    const n = columnsOf(e.shape)
    out.fill(0)
    for (let i = 0; i < (e.shape[0] ?? 0); i++) {
      const at = indices?.[i] ?? -1
      if (at >= 0 && at < n) out[i * n + at] = 1
    }
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: () => oneHot(input('indices', [3], 'i32'), 4),
}

/** `[n]` i32 → `[n, classes]`; an index outside of 0..classes−1 gives a row of zeros. */
export const oneHot = (indices: Expr, classes: number): Expr => {
  assertShape(indices.shape.length === 1 && indices.dtype === 'i32', 'oneHot', 'i32 indices [n]', indices.shape)
  return node(oneHotPrimitive, [indices], [indices.shape[0] ?? 0, classes])
}
