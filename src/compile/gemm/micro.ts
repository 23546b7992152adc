import { accumulate, type Arithmetic } from '../arithmetic.js'
import { equal, plus, times } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import { tileColumns, tileRows } from './blocking.js'

/**
 * The register tile: c[rows, 8] = init + sum over `depth` of packed a times packed b, in order, each product
 * and each sum rounded to f32. `init` and `c` are pointers with row strides in bytes (init stride 0 = one row for all).
 * Panels: a is [depth, 5], b is [depth, 8]; depth >= 1.
 *
 * The shape of the code is chosen for V8 11 (Node 20), whose scheduler plans backwards from the last use. Where the
 * exit is at the bottom of the loop, the stores behind it use the sums of the last pass, so all products are planned
 * before any load and all broadcasts end up at the top of the loop, where they push the sums out of the registers. With
 * the exit at the top the stores use the loop variables instead, and loads stay beside their products. The stores must
 * also go from the first row to the last, and nothing but loads and raw stores may surround the loop.
 */
export const emitMicro = (m: WasmModule, rows: number, arithmetic: Arithmetic): FunctionRef => {
  const f = m.func({
    params: { a: 'i32', b: 'i32', depth: 'i32', init: 'i32', initStride: 'i32', c: 'i32', cStride: 'i32' },
  })
  const { a, b, depth, init, initStride, c, cStride } = f.params
  const end = f.local('i32')
  const row = f.local('v128')
  const columns = Array.from({ length: tileColumns / 4 }, () => f.local('v128'))
  const sums = Array.from({ length: rows }, () => columns.map(() => f.local('v128')))

  sums.forEach((sumsOfRow, r) => {
    sumsOfRow.forEach((sum, v) => {
      f.get(init)
      f.v128.load(16 * v)
      f.set(sum)
    })
    if (r < rows - 1) f.increment(init, initStride)
  })
  f.assign(end, plus(f, b, times(f, depth, tileColumns * 4)))
  f.block((exit) => {
    f.loop((again) => {
      f.push(equal(f, b, end))
      f.br_if(exit)
      columns.forEach((column, v) => {
        f.get(b)
        f.v128.load(16 * v)
        f.set(column)
      })
      sums.forEach((sumsOfRow, r) => {
        f.get(a)
        f.v128.load32_splat(4 * r)
        f.set(row)
        sumsOfRow.forEach((sum, v) => {
          accumulate(f, arithmetic, sum, row, columns[v]!)
        })
      })
      f.increment(a, tileRows * 4)
      f.increment(b, tileColumns * 4)
      f.br(again)
    })
  })
  sums.forEach((sumsOfRow, r) => {
    sumsOfRow.forEach((sum, v) => {
      f.get(c)
      f.get(sum)
      f.v128.store(16 * v)
    })
    if (r < rows - 1) f.increment(c, cStride)
  })
  return f
}
