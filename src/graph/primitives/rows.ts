/**
 * Rows of a resident table by index, which is how data reaches a program without passing through the host, and the transpose:
 * rows added into a table. The transpose adds in f32 from +0, in ascending order of `i`, so rows that meet have one order.
 */
import { integers } from '../../random/draw.js'
import type { Key } from '../../random/key.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { addedInTurn, moved } from './rounding.js'

const checked = (operation: string, index: number, count: number): number => {
  if (index >= 0 && index < count) return index
  throw new Error(`${operation}: index ${index} outside of a table of ${count} rows`)
}

export const rowsPrimitive: Primitive = {
  name: 'rows',
  codegen: 'load',
  takesIntegers: true,
  vjp: (ct, e) => {
    const [table, indices] = [e.args[0]!, e.args[1]!]
    return [table.dtype === 'f32' ? scatterAdd(ct, indices, table.shape[0]!) : null, null]
  },
  jvp: ([t], e) => (t && t.dtype === 'f32' ? rows(t, e.args[1]!) : null),
  error: moved,
  reference: ([table, indices], out, e) => {
    const n = columnsOf(e.shape)
    for (let i = 0; i < e.shape[0]!; i++) {
      const from = checked('rows', indices![i]!, e.args[0]!.shape[0]!)
      for (let j = 0; j < n; j++) out[i * n + j] = table![from * n + j]!
    }
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: (key: Key) => {
    const [m = 0, n = 0, u8 = 0] = integers(key, 3, 6)
    return rows(input('table', [4, 1 + n], u8 === 0 ? 'u8' : 'f32'), input('indices', [1 + m], 'i32'))
  },
}

export const scatterAddPrimitive: Primitive = {
  name: 'scatterAdd',
  codegen: 'routine',
  takesIntegers: true,
  vjp: (ct, e) => [rows(ct, e.args[1]!), null],
  jvp: ([t], e) => (t ? scatterAdd(t, e.args[1]!, e.shape[0]!) : null),
  error: addedInTurn,
  reference: ([values, indices], out, e, round) => {
    const n = columnsOf(e.shape)
    out.fill(0)
    for (let i = 0; i < e.args[1]!.shape[0]!; i++) {
      const to = checked('scatterAdd', indices![i]!, e.shape[0]!)
      for (let j = 0; j < n; j++) out[to * n + j] = round(out[to * n + j]! + values![i * n + j]!)
    }
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.args[0]!.shape) }),
  sample: (key: Key) => {
    const [m = 0, n = 0] = integers(key, 2, 6)
    return scatterAdd(input('values', [1 + m, 1 + n]), input('indices', [1 + m], 'i32'), 4)
  },
}

/**
 * Row `indices[i]` of `table` for each i: `[count, n]` (u8 or f32) and `[m]` (i32) → `[m, n]` f32.
 * Indices must be inside of the table. The derivative of an f32 table is `scatterAdd`; a u8 table is data and has none.
 */
export const rows = (table: Expr, indices: Expr): Expr => {
  assertShape(table.shape.length === 2 && table.dtype !== 'i32', 'rows', 'a u8 or f32 table [count, n]', table.shape)
  assertShape(indices.shape.length === 1 && indices.dtype === 'i32', 'rows', 'i32 indices [m]', indices.shape)
  return node(rowsPrimitive, [table, indices], [indices.shape[0] ?? 0, columnsOf(table.shape)])
}

/**
 * A table `[count, n]` of zeros to whose row `indices[i]` row `i` of `values` is added, for i = 0, 1, … in order: `[m, n]` f32
 * and `[m]` i32. Indices must be inside of the table. The transpose of `rows`.
 */
export const scatterAdd = (values: Expr, indices: Expr, count: number): Expr => {
  assertShape(
    values.shape.length === 2 && values.dtype === 'f32' && indices.dtype === 'i32',
    'scatterAdd',
    'f32 values [m, n] and i32 indices [m]',
    values.shape,
    indices.shape,
  )
  assertShape(
    indices.shape.length === 1 && indices.shape[0] === values.shape[0] && Number.isInteger(count) && count >= 1,
    'scatterAdd',
    `one index a row, for a table of ${count} rows`,
    values.shape,
    indices.shape,
  )
  return node(scatterAddPrimitive, [values, indices], [count, columnsOf(values.shape)])
}
