import type { Arithmetic } from '../arithmetic.js'
import { branch, equal, plus, times } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import type { FunctionBody, Local, Operand } from '../wasmFunction.js'
import { scratchOffset, tileColumns, tileRows } from './blocking.js'
import { emitMicro } from './micro.js'

/**
 * A strip of c, up to 8 columns wide and of any height: c[height, columns] = init + packed a times packed b. Whole tiles go
 * straight to c, and so do the last rows; narrower strips go through the edge tile at `scratch`, where there is room for the
 * padding of tiles.
 */
export const emitStrip = (m: WasmModule, arithmetic: Arithmetic): FunctionRef => {
  const micro = Array.from({ length: tileRows }, (_, r) => emitMicro(m, r + 1, arithmetic))
  const f = m.func({
    params: {
      height: 'i32',
      columns: 'i32',
      a: 'i32',
      b: 'i32',
      depth: 'i32',
      init: 'i32',
      initStride: 'i32',
      c: 'i32',
      cStride: 'i32',
      scratch: 'i32',
    },
  })
  const { height, columns, a, b, depth, init, initStride, c, cStride, scratch } = f.params
  const tile = f.local('i32')
  const aTile = f.local('i32')
  const initTile = f.local('i32')
  const cTile = f.local('i32')
  const stride = tileColumns * 4

  const callMicro = (rowsOfTile: number, start: readonly Operand[], target: readonly Operand[]): void => {
    for (const operand of [a, b, depth, ...start, ...target]) f.push(operand)
    f.call(micro[rowsOfTile - 1]!)
  }
  /** The tile of the last rows, fewer than a whole tile has. */
  const callLast = (rowsOfTile = tileRows - 1): void => {
    const run = (): void => callMicro(rowsOfTile, [init, initStride], [c, cStride])
    if (rowsOfTile === 1) run()
    else branch(f, equal(f, height, rowsOfTile), run, () => callLast(rowsOfTile - 1))
  }
  /** Goes on behind a whole tile. */
  const advance = (): void => {
    f.increment(height, -tileRows)
    f.increment(a, aTile)
    f.increment(init, initTile)
    f.increment(c, cTile)
  }
  const everyTile = (whole: () => void, last: () => void): void => {
    f.block((exit) => {
      f.loop((again) => {
        f.get(height)
        f.i32.const(tileRows)
        f.i32.lt_u()
        f.br_if(exit)
        whole()
        advance()
        f.br(again)
      })
    })
    branch(f, height, last)
  }
  const throughEdge = (rows: Operand): void => {
    copyBlock(f, rows, columns, { at: init, stride: initStride }, { at: tile, stride })
    callMicro(tileRows, [tile, stride], [tile, stride])
    copyBlock(f, rows, columns, { at: tile, stride }, { at: c, stride: cStride })
  }
  f.assign(aTile, times(f, depth, tileRows * 4))
  f.assign(initTile, times(f, initStride, tileRows))
  f.assign(cTile, times(f, cStride, tileRows))
  f.assign(tile, plus(f, scratch, scratchOffset.tile))
  branch(
    f,
    equal(f, columns, tileColumns),
    () => everyTile(() => callMicro(tileRows, [init, initStride], [c, cStride]), callLast),
    () =>
      everyTile(
        () => throughEdge(tileRows),
        () => throughEdge(height),
      ),
  )
  return f
}

interface Block {
  readonly at: Local
  readonly stride: Operand
}

/** Copies rows x columns values; leaves the addresses as they were. */
const copyBlock = (f: FunctionBody, rows: Operand, columns: Local, from: Block, to: Block): void => {
  const source = f.local('i32')
  const target = f.local('i32')
  const row = f.local('i32')
  const i = f.local('i32')
  const end = f.local('i32')
  f.assign(source, from.at)
  f.assign(target, to.at)
  f.assign(end, times(f, columns, 4))
  f.forRange(row, 0, rows, 1, () => {
    f.forRange(i, 0, end, 4, () => {
      f.push(plus(f, target, i))
      f.push(plus(f, source, i))
      f.f32.load()
      f.f32.store()
    })
    f.increment(source, from.stride)
    f.increment(target, to.stride)
  })
}
