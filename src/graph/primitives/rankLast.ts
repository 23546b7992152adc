/** The rank of each entry within its row: how k winners are found without sorting. */
import { integers } from '../../random/draw.js'
import { type Expr, node, type Primitive, type Vector } from '../expr.js'
import { assertShape, columnsOf, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { beyond } from './rounding.js'

/** Whether entry `k` of a row comes before entry `j`: larger, or equal and earlier. */
const comesBefore = (x: Vector, k: number, j: number): boolean => x[k]! > x[j]! || (x[k] === x[j] && k < j)

export const rankLastPrimitive: Primitive = {
  name: 'rankLast',
  codegen: 'routine',
  vjp: () => [null],
  jvp: () => null,
  promise: (e, base) => ({ ...e, args: base }),
  // between how many are certainly before an entry and how many may be
  error: ([x], e, value) => {
    const n = columnsOf(e.shape)
    const out = new Float64Array(value.length)
    if (x === undefined) return out
    for (let i = 0; i < out.length; i++) {
      const row = i - (i % n)
      let [least, most] = [0, 0]
      for (let k = row; k < row + n; k++) {
        const margin = x.error[i]! + x.error[k]!
        const before = margin === 0 ? comesBefore(x.value, k, i) : beyond(x.value[k]!, x.value[i]!, margin)
        const after = margin === 0 ? !before : beyond(x.value[i]!, x.value[k]!, margin)
        least += before ? 1 : 0
        most += after || k === i ? 0 : 1
      }
      out[i] = Math.max(value[i]! - least, most - value[i]!)
    }
    return out
  },
  reference: ([x], out, e, round) => {
    const n = columnsOf(e.shape)
    for (let i = 0; i < sizeOf(e.shape); i += n)
      for (let j = 0; j < n; j++) {
        const own = x![i + j]!
        let rank = 0
        for (let k = 0; k < n; k++) {
          const other = x![i + k]!
          rank = round(rank + (other > own || (other === own && k < j) ? 1 : 0))
        }
        out[i + j] = rank
      }
  },
  // every entry of a row is taken into the rank of each
  cost: (e) => ({ macs: 0, operations: sizeOf(e.shape) * columnsOf(e.shape) }),
  sample: (key) => {
    const [m = 0, n = 0, rank = 0] = integers(key, 3, 11)
    return rankLast(input('a', [[1 + n], [1 + m, 1 + n], [2, 1 + (m % 3), 1 + n]][rank % 3] ?? []))
  },
}

/**
 * How many entries of its row (the last axis) are before each entry when the largest comes first and equal ones in their order: 0 for
 * the largest, as f32, in the shape of `x`. −0 and 0 are equal. A NaN has rank 0 and comes before nothing, so it stays among the winners
 * and the ranks of the others are as if it were not there. Piecewise constant: nothing flows through it.
 */
export const rankLast = (x: Expr): Expr => {
  assertShape(x.shape.length >= 1, 'rankLast', 'one axis or more', x.shape)
  return node(rankLastPrimitive, [x], x.shape)
}
