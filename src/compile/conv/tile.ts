/** What the register tiles of a convolution share. */
import { accumulate, type Arithmetic } from '../arithmetic.js'
import { equal } from '../operand.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

/** Sums of a tile, rows × vectors, and the locals of one product of a column by a row. */
interface Tile {
  readonly sums: readonly (readonly Local[])[]
  readonly columns: readonly Local[]
  readonly value: Local
}

/** A tile's locals. */
export const tileOf = (f: FunctionBody, rows: number, vectors: number): Tile => {
  const vector = (count: number) => Array.from({ length: count }, () => f.local('v128'))
  return { sums: Array.from({ length: rows }, () => vector(vectors)), columns: vector(vectors), value: f.local('v128') }
}

/** Adds one column of values, `offsets` bytes from `a`, times the row of vectors that `load` pushes one by one. */
export const emitProducts = (
  f: FunctionBody,
  arithmetic: Arithmetic,
  { sums, columns, value }: Tile,
  a: Local,
  offsets: readonly number[],
  load: (v: number) => void,
): void => {
  columns.forEach((column, v) => {
    load(v)
    f.set(column)
  })
  sums.forEach((sumsOfRow, r) => {
    f.get(a)
    f.v128.load32_splat(offsets[r])
    f.set(value)
    sumsOfRow.forEach((sum, v) => accumulate(f, arithmetic, sum, value, columns[v]!))
  })
}

/** Loops until `from` = `to`. The exit is at the top, for the reason that `emitMicro` gives. */
export const until = (f: FunctionBody, from: Local, to: Local, body: () => void): void =>
  f.block((exit) =>
    f.loop((again) => {
      f.push(equal(f, from, to))
      f.br_if(exit)
      body()
      f.br(again)
    }),
  )
