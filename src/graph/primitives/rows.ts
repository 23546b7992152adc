/** Rows of a resident table by index: how data reaches a program without passing through the host. */
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf } from '../shape.js'
import { input } from './leaf.js'

export const rowsPrimitive: Primitive = {
  name: 'rows',
  codegen: 'load',
  reference: ([table, indices], out, e) => {
    const n = columnsOf(e.shape)
    const count = (e.args[0]?.shape[0] ?? 0) | 0
    for (let i = 0; i < (e.shape[0] ?? 0); i++) {
      const from = indices?.[i] ?? 0
      if (from < 0 || from >= count) throw new Error(`rows: index ${from} outside of a table of ${count} rows`)
      for (let j = 0; j < n; j++) out[i * n + j] = table?.[from * n + j] ?? 0
    }
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: () => rows(input('table', [4, 5], 'u8'), input('indices', [3], 'i32')),
}

/**
 * Row `indices[i]` of `table` for each i: `[count, n]` (u8 or f32) and `[m]` (i32) → `[m, n]` f32.
 * Indices must be inside of the table. A table has no derivative: it is data.
 */
export const rows = (table: Expr, indices: Expr): Expr => {
  assertShape(table.shape.length === 2 && table.dtype !== 'i32', 'rows', 'a u8 or f32 table [count, n]', table.shape)
  assertShape(indices.shape.length === 1 && indices.dtype === 'i32', 'rows', 'i32 indices [m]', indices.shape)
  return node(rowsPrimitive, [table, indices], [indices.shape[0] ?? 0, columnsOf(table.shape)])
}
