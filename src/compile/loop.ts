/**
 * A loop kernel: one pass over the elements of a shape that computes every member and writes those that are stored.
 * Operands have load modes instead of kernels: full, scalar, row, column and gathered row; nothing is materialised for them.
 * Loads of an element precede its stores, which is what lets a block be overwritten in place.
 */
import type { Expr } from '../graph/expr.js'
import { literalValue } from '../graph/primitives/leaf.js'
import { broadcastMode, broadcastPrimitive } from '../graph/primitives/sumBroadcast.js'
import { columnsOf, rowsOf } from '../graph/shape.js'
import { type Kernel, needsRows } from './fuse.js'
import { emitLane, type Width } from './lanes.js'
import { resolve } from './places.js'
import { type Reduction, reductionOf } from './reduction.js'
import type { FunctionBody, Local } from './wasmFunction.js'

/** Byte address of a value that is in memory (views resolved). */
export type Address = (e: Expr) => number

/** Where the current element is: dynamic parts in locals, the rest as immediate offsets. */
interface Cursor {
  /** Bytes from the start of a full operand. */
  readonly full: Local | null
  /** Bytes from the start of a row. */
  readonly column: Local | null
  /** Elements past the dynamic part. */
  readonly ahead: number
}

/** Emits one loop kernel. */
export const emitLoop = (f: FunctionBody, kernel: Kernel, address: Address): void => {
  const { root, members } = kernel
  const space = (members.includes(root) ? root : (root.args[0] ?? root)).shape
  const inside = new Set(members)
  const reduction = members.includes(root) ? null : reductionOf(f, root, address(root))
  const byRow = members.some(needsRows) || (reduction !== null && reduction.byRow)
  const [m, n] = byRow ? [rowsOf(space), columnsOf(space)] : [1, rowsOf(space) * columnsOf(space)]
  const whole = Math.floor(n / 4) * 4
  const row = byRow ? f.local('i32') : null
  const rowIndex = byRow ? f.local('i32') : null
  const held = new Map<string, Local>()
  const local = (key: string, type: 'v128' | 'f32' | 'i32'): Local => {
    const known = held.get(key) ?? f.local(type)
    held.set(key, known)
    return known
  }
  const ids = new Map<Expr, number>()
  const id = (e: Expr): number => {
    const known = ids.get(e) ?? ids.size
    ids.set(e, known)
    return known
  }
  const columns = members.filter((e) => e.op === broadcastPrimitive && broadcastMode(e) === 'column')
  const gathers = members.filter((e) => e.op.name === 'rows')

  const load = (width: Width, dynamic: Local | null, at: number): void => {
    if (dynamic === null) f.i32.const(0)
    else f.get(dynamic)
    if (width === 'lanes') f.v128.load(at)
    else f.f32.load(at)
  }
  const constant = (width: Width, value: number): void =>
    width === 'lanes' ? f.f32x4.const(value) : f.f32.const(value)

  const operand = (e: Expr, width: Width, at: Cursor): void => {
    const value = literalValue(e)
    if (value !== undefined) constant(width, value)
    else if (inside.has(e)) f.get(local(`${width}${id(e)}`, width === 'lanes' ? 'v128' : 'f32'))
    else load(width, at.full, address(e) + at.ahead * 4)
  }
  const broadcastOperand = (e: Expr, width: Width, at: Cursor): void => {
    const from = e.args[0]!
    const mode = broadcastMode(e)
    if (mode === 'row') return load(width, at.column, address(from) + at.ahead * 4)
    if (mode === 'column') return f.get(local(`${width}column${id(e)}`, width === 'lanes' ? 'v128' : 'f32'))
    f.i32.const(0)
    if (width === 'lanes') f.v128.load32_splat(address(from))
    else f.f32.load(address(from))
  }
  const gathered = (e: Expr, width: Width, at: Cursor): void => {
    const table = e.args[0]!
    const bytes = table.dtype === 'u8' ? 1 : 4
    f.get(local(`gather${id(e)}`, 'i32'))
    if (at.column !== null) {
      f.get(at.column)
      if (bytes === 1) {
        f.i32.const(2)
        f.i32.shr_u()
      }
      f.i32.add()
    }
    const start = address(table) + at.ahead * bytes
    if (bytes === 4) return width === 'lanes' ? f.v128.load(start) : f.f32.load(start)
    if (width === 'scalar') {
      f.i32.load8_u(start)
      f.f32.convert_i32_u()
      return
    }
    f.v128.load32_zero(start)
    f.i16x8.extend_low_i8x16_u()
    f.i32x4.extend_low_i16x8_u()
    f.f32x4.convert_i32x4_s()
  }
  const compute = (width: Width, at: Cursor): void => {
    for (const e of members) {
      if (literalValue(e) !== undefined) continue
      if (e.op === broadcastPrimitive) broadcastOperand(e, width, at)
      else if (e.op.name === 'rows') gathered(e, width, at)
      else emitLane(f, e, width, (i) => operand(e.args[i]!, width, at))
      f.set(local(`${width}${id(e)}`, width === 'lanes' ? 'v128' : 'f32'))
    }
    for (const e of kernel.stores) {
      if (at.full === null) f.i32.const(0)
      else f.get(at.full)
      operand(e, width, at)
      if (width === 'lanes') f.v128.store(address(e) + at.ahead * 4)
      else f.f32.store(address(e) + at.ahead * 4)
    }
    reduction?.take(width, at.ahead & 3, () => operand(root.args[0]!, width, at), at.column, at.ahead)
  }
  const startRow = (): void => {
    for (const e of columns) {
      const value = local(`scalarcolumn${id(e)}`, 'f32')
      f.get(rowIndex!)
      f.f32.load(address(e.args[0]!))
      f.tee(value)
      f.f32x4.splat()
      f.set(local(`lanescolumn${id(e)}`, 'v128'))
    }
    for (const e of gathers) {
      const [table, indices] = [e.args[0]!, e.args[1]!]
      const pushIndex = (): void => {
        f.get(rowIndex!)
        f.i32.load(address(indices))
      }
      // Fed indices are checked by the host; any other that is outside of the table traps.
      if (resolve(indices).base.op.name !== 'input') {
        pushIndex()
        f.i32.const(table.shape[0]!)
        f.i32.ge_u()
        f.if(() => f.unreachable())
      }
      pushIndex()
      f.i32.const(n * (table.dtype === 'u8' ? 1 : 4))
      f.i32.mul()
      f.set(local(`gather${id(e)}`, 'i32'))
    }
  }
  const elements = (): void => {
    if (reduction?.writtenOut === true)
      for (let j = 0; j < whole; j += 4) compute('lanes', { full: row, column: null, ahead: j })
    else if (whole > 0) {
      const column = f.local('i32')
      const full = row === null ? column : f.local('i32')
      f.forRange(column, 0, whole * 4, 16, () => {
        if (row !== null) {
          f.get(row)
          f.get(column)
          f.i32.add()
          f.set(full)
        }
        compute('lanes', { full, column, ahead: 0 })
      })
    }
    reduction?.turn()
    for (let t = whole; t < n; t++) compute('scalar', { full: row, column: null, ahead: t })
  }
  emitRows(f, { m, n, row, rowIndex, reduction, startRow, elements })
}

interface Rows {
  readonly m: number
  readonly n: number
  readonly row: Local | null
  readonly rowIndex: Local | null
  readonly reduction: Reduction | null
  readonly startRow: () => void
  readonly elements: () => void
}

/** The outer loop: once for a flat kernel, once a row otherwise. */
const emitRows = (f: FunctionBody, { m, n, row, rowIndex, reduction, startRow, elements }: Rows): void => {
  reduction?.before()
  if (row === null || rowIndex === null) {
    reduction?.start()
    elements()
    reduction?.finish(null)
    return
  }
  f.assign(rowIndex, 0)
  f.forRange(row, 0, m * n * 4, n * 4, () => {
    startRow()
    reduction?.start()
    elements()
    reduction?.finish(rowIndex)
    f.increment(rowIndex, 4)
  })
  reduction?.after()
}
