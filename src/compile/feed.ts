/** What a run is fed: inputs by name, each with its place in memory, checked before anything is written. */
import type { DType, Expr } from '../graph/expr.js'
import { rowsPrimitive } from '../graph/primitives/rows.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'

/** Values of inputs by name. */
export type Feed = Readonly<Record<string, number | ArrayLike<number>>>

/** One input: its element type and length, and below which number its elements must be when they index a table. */
export interface Port {
  readonly expr: Expr
  readonly dtype: DType
  readonly size: number
  readonly limit: number
}

/** The inputs of a graph by name. Throws when one name stands for two shapes. */
export const portsOf = (outputs: readonly Expr[]): ReadonlyMap<string, Port> => {
  const order = topological(outputs)
  const limits = new Map<Expr, number>()
  for (const e of order) {
    const [table, indices] = e.args
    if (e.op !== rowsPrimitive || table === undefined || indices === undefined) continue
    limits.set(indices, Math.min(limits.get(indices) ?? Infinity, table.shape[0] ?? 0))
  }
  const ports = new Map<string, Port>()
  for (const e of order) {
    if (e.op.name !== 'input') continue
    const name = String(e.attrs.name)
    const known = ports.get(name)
    if (known !== undefined && (!sameShape(known.expr.shape, e.shape) || known.dtype !== e.dtype))
      throw new Error(`compile: input '${name}' is both ${showShape(known.expr.shape)} and ${showShape(e.shape)}`)
    ports.set(name, { expr: e, dtype: e.dtype, size: sizeOf(e.shape), limit: limits.get(e) ?? Infinity })
  }
  return ports
}

/** Throws when `value` cannot be fed: another length, or an index outside of a table. */
export const checkFeed = (name: string, { size, limit }: Port, value: number | ArrayLike<number>): void => {
  const given = typeof value === 'number' ? 1 : value.length
  if (given !== size) throw new Error(`program: input '${name}' needs ${size} values, got ${given}`)
  if (limit === Infinity || typeof value === 'number') return
  for (let i = 0; i < size; i++)
    if (!(value[i]! >= 0 && value[i]! < limit))
      throw new Error(`program: input '${name}' holds index ${value[i]}, its table has ${limit} rows`)
}
