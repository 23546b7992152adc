/** Largest entry of each row: four lanes by index mod 4, `acc < x ? x : acc`, combined as sums are. */
import { integers } from '../../random/draw.js'
import type { Key } from '../../random/key.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf, sizeOf } from '../shape.js'
import { divide } from './divide.js'
import { input, literal } from './leaf.js'
import { multiply } from './multiply.js'
import { reshape } from './reshape.js'
import { selectEqual } from './selectEqual.js'
import { broadcast, sum, zerosLike } from './sumBroadcast.js'
import { betweenEnds } from './rounding.js'

const larger = (a: number, b: number): number => (a < b ? b : a)

/** Mean of the entries of `of` at the places of each row of `x` that attain its maximum. */
const meanOfLargest = (x: Expr, of: Expr): Expr => {
  const largest = broadcast(reshape(maxLast(x), [sizeOf(x.shape.slice(0, -1)), 1]), x.shape)
  const taken = selectEqual(x, largest, of, zerosLike(x))
  const count = sum(selectEqual(x, largest, broadcast(literal(1), x.shape), zerosLike(x)), 'last')
  return divide(sum(taken, 'last'), count)
}

export const maxLastPrimitive: Primitive = {
  name: 'maxLast',
  codegen: 'reduce',
  vjp: (ct, y) => {
    const x = y.args[0]
    if (x === undefined) return []
    const column = (v: Expr): Expr => broadcast(reshape(v, [sizeOf(v.shape), 1]), x.shape)
    const hit = selectEqual(x, column(y), broadcast(literal(1), x.shape), zerosLike(x))
    return [divide(multiply(hit, column(ct)), column(sum(hit, 'last')))]
  },
  jvp: ([t], y) => (t ? meanOfLargest(y.args[0]!, t) : null),
  promise: ({ args: [x] }, [base]) => meanOfLargest(base!, x!),
  error: betweenEnds,
  reference: ([x], out, e) => {
    const n = columnsOf(e.args[0]?.shape ?? [])
    for (let i = 0; i < out.length; i++) {
      const l = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (let j = 0; j < n; j++) l[j & 3] = larger(l[j & 3]!, x?.[i * n + j] ?? 0)
      out[i] = larger(larger(l[0]!, l[2]!), larger(l[1]!, l[3]!))
    }
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.args[0]?.shape ?? []) }),
  sample: (key: Key) => {
    const [m = 1, n = 1, rank = 0] = integers(key, 3, 7)
    return maxLast(
      input(
        'a',
        [
          [1 + m, 1 + n],
          [2, 1 + m, 1 + n],
          [1 + m, 2, 2, 1 + n],
        ][rank % 3] ?? [],
      ),
    )
  },
}

/** Maximum over the last axis, `[m, n]` → `[m]`, `[n, h, w, c]` → `[n, h, w]`. The gradient is shared equally by the entries that attain it. */
export const maxLast = (x: Expr): Expr => {
  assertShape(x.shape.length >= 2, 'maxLast', 'two axes or more', x.shape)
  return node(maxLastPrimitive, [x], x.shape.slice(0, -1))
}
