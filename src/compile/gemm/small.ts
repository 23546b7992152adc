import { accumulate, type Arithmetic } from '../arithmetic.js'
import { equal, plus, times } from '../operand.js'
import { loadVector, storeVector } from '../vector.js'
import type { FunctionRef } from '../wasm.js'
import type { FunctionBody, Local, Operand } from '../wasmFunction.js'
import { tileColumns } from './blocking.js'
import { type Part, partsOf, type RowGroup, rowGroups } from './split.js'
import type { Product } from './twin.js'

/** A product of known sizes, each >= 1; addresses in bytes. Layouts and bits are those of `gemmModule`. */
export interface SmallDot extends Product {
  readonly arithmetic: Arithmetic
  readonly a: Operand
  readonly b: Operand
  readonly c: Operand
  /** Row vector [n] of initial values; without it the sums start from +0. */
  readonly bias?: Operand
  /** Only for tb: `smallScratchBytes` bytes, 16-byte aligned, and the `packColumns` that `gemmModule` exports. */
  readonly packing?: { readonly scratch: Operand; readonly packColumns: FunctionRef }
}

/** Bytes of scratch that `emitSmallDot` needs. */
export const smallScratchBytes = ({ k, tb }: Product): number => (tb ? k * tileColumns * 4 : 0)

/** Up to here all columns fit one tile of three vectors, and a is read once. */
const oneTile = 12

/**
 * Appends a product that reads its operands where they are, with every size an immediate; with tb each eight columns of
 * b are packed first. Give each product a function of its own: the compiler places registers best in small functions.
 */
export const emitSmallDot = (f: FunctionBody, dot: SmallDot): void => {
  const { m, n, tb } = dot
  const at = f.local('i32')
  const columns = (width: number): void => {
    const b = tb ? packPanel(f, dot, at, width) : plus(f, dot.b, at)
    const parts = partsOf(width)
    for (const group of rowGroups(m, parts.length)) emitRows(f, dot, group, parts, at, b)
  }
  const rest = !tb && n <= oneTile ? n : n % tileColumns
  if (rest < n) f.forRange(at, 0, 4 * (n - rest), 4 * tileColumns, () => columns(tileColumns))
  if (rest === 0) return
  f.assign(at, 4 * (n - rest))
  columns(rest)
}

/** Packs `width` columns of the transposed b from byte `at` of a row of c on; returns where they are. */
const packPanel = (f: FunctionBody, { b, k, packing }: SmallDot, at: Local, width: number): Operand => {
  if (packing === undefined) throw new Error('a transposed b needs room to be packed')
  for (const operand of [plus(f, b, times(f, at, k)), 4 * k, packing.scratch, k, width]) f.push(operand)
  f.call(packing.packColumns)
  return packing.scratch
}

/** The tiles of a row group over the columns `parts`, which start at byte `at` of a row of c and at `b`. */
const emitRows = (
  f: FunctionBody,
  dot: SmallDot,
  { first, count, rows }: RowGroup,
  parts: readonly Part[],
  at: Local,
  b: Operand,
): void => {
  const aRow = dot.ta ? 4 : 4 * dot.k
  const cRow = 4 * dot.n
  const a = f.local('i32')
  const c = f.local('i32')
  const end = f.local('i32')
  f.assign(a, plus(f, dot.a, first * aRow))
  f.assign(c, plus(f, plus(f, dot.c, first * cRow), at))
  f.assign(end, plus(f, a, count * rows * aRow))
  f.forRange(a, a, end, rows * aRow, () => {
    emitTile(f, dot, rows, parts, { a, b, c, at })
    f.increment(c, rows * cRow)
  })
}

interface Addresses {
  readonly a: Local
  readonly b: Operand
  readonly c: Local
  readonly at: Local
}

/** One tile; the loop has the shape of `emitMicro`, for the same reasons, but here the last row must be stored first. */
const emitTile = (f: FunctionBody, dot: SmallDot, rows: number, parts: readonly Part[], from: Addresses): void => {
  const { m, n, k, ta, tb, bias, arithmetic } = dot
  const [aRow, aStep, bStep, cRow] = [ta ? 4 : 4 * k, ta ? 4 * m : 4, tb ? 4 * tileColumns : 4 * n, 4 * n]
  const a = f.local('i32')
  const b = f.local('i32')
  const end = f.local('i32')
  const value = f.local('v128')
  const columns = parts.map(() => f.local('v128'))
  const sums = Array.from({ length: rows }, () => parts.map(() => f.local('v128')))

  parts.forEach((part, v) => {
    if (bias === undefined) f.f32x4.const(0)
    else loadVector(f, plus(f, bias, from.at), part.offset, part.lanes)
    for (const row of sums.slice(1)) f.tee(row[v]!)
    f.set(sums[0]![v]!)
  })
  f.assign(a, from.a)
  f.assign(b, from.b)
  f.assign(end, plus(f, b, k * bStep))
  f.block((exit) => {
    f.loop((again) => {
      f.push(equal(f, b, end))
      f.br_if(exit)
      parts.forEach((part, v) => {
        loadVector(f, b, part.offset, part.lanes)
        f.set(columns[v]!)
      })
      sums.forEach((sumsOfRow, r) => {
        f.get(a)
        f.v128.load32_splat(r * aRow)
        f.set(value)
        sumsOfRow.forEach((sum, v) => {
          accumulate(f, arithmetic, sum, value, columns[v]!)
        })
      })
      f.increment(a, aStep)
      f.increment(b, bStep)
      f.br(again)
    })
  })
  for (let r = rows - 1; r >= 0; r--) {
    parts.forEach(({ offset, lanes }, v) => storeVector(f, from.c, sums[r]![v]!, r * cRow + offset, lanes))
  }
}
