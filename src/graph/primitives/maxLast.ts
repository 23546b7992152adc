/** Largest entry of each row: four lanes by index mod 4, `acc < x ? x : acc`, combined as sums are. */
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf, rowsOf, sizeOf } from '../shape.js'
import { divide } from './divide.js'
import { input, literal } from './leaf.js'
import { multiply } from './multiply.js'
import { reshape } from './reshape.js'
import { selectEqual } from './selectEqual.js'
import { broadcast, sum, zerosLike } from './sumBroadcast.js'

const larger = (a: number, b: number): number => (a < b ? b : a)

export const maxLastPrimitive: Primitive = {
  name: 'maxLast',
  codegen: 'reduce',
  vjp: (ct, y) => {
    const x = y.args[0]
    if (x === undefined) return []
    const column = (v: Expr): Expr => broadcast(reshape(v, [rowsOf(x.shape), 1]), x.shape)
    const hit = selectEqual(x, column(y), broadcast(literal(1), x.shape), zerosLike(x))
    return [divide(multiply(hit, column(ct)), column(sum(hit, 'last')))]
  },
  reference: ([x], out, e) => {
    const n = columnsOf(e.args[0]?.shape ?? [])
    for (let i = 0; i < out.length; i++) {
      const l = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (let j = 0; j < n; j++) l[j & 3] = larger(l[j & 3]!, x?.[i * n + j] ?? 0)
      out[i] = larger(larger(l[0]!, l[2]!), larger(l[1]!, l[3]!))
    }
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.args[0]?.shape ?? []) }),
  sample: () => maxLast(input('a', [3, 6])),
}

/** Maximum over the last axis, `[m, n]` → `[m]`. The gradient is shared equally by the entries that attain it. */
export const maxLast = (x: Expr): Expr => {
  assertShape(x.shape.length === 2, 'maxLast', 'a matrix', x.shape)
  return node(maxLastPrimitive, [x], [rowsOf(x.shape)])
}
