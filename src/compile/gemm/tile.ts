import type { Arithmetic } from '../arithmetic.js'
import { branch, equal, plus, times } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import type { FunctionBody, Local, Operand } from '../wasmFunction.js'
import { scratchOffset, tileColumns, tileRows } from './blocking.js'
import { emitMicro } from './micro.js'

/**
 * One tile of c of any size up to 5 x 8: c[rows, columns] = init + packed a times packed b. Widths 4 and 8 go straight
 * to c; others through the edge tile at `scratch`, where they have room for the padding of their vectors.
 */
export const emitTile = (m: WasmModule, arithmetic: Arithmetic): FunctionRef => {
  const micro = [1, 2].map((vectors) =>
    Array.from({ length: tileRows }, (_, r) => emitMicro(m, r + 1, vectors, arithmetic)),
  )
  const f = m.func({
    params: {
      rows: 'i32',
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
  const { rows, columns, a, b, depth, init, initStride, c, cStride, scratch } = f.params
  const tile = f.local('i32')
  const stride = tileColumns * 4

  const callMicro = (vectors: number, start: readonly Operand[], target: readonly Operand[]): void => {
    const choose = (height: number): void => {
      const run = (): void => {
        for (const operand of [a, b, depth, ...start, ...target]) f.push(operand)
        f.call(micro[vectors - 1]![height - 1]!)
      }
      if (height === 1) run()
      else branch(f, equal(f, rows, height), run, () => choose(height - 1))
    }
    choose(tileRows)
  }

  const whole = (width: number, otherwise: () => void): void =>
    branch(f, equal(f, columns, width), () => callMicro(width / 4, [init, initStride], [c, cStride]), otherwise)

  whole(tileColumns, () =>
    whole(tileColumns / 2, () => {
      f.assign(tile, plus(f, scratch, scratchOffset.tile))
      copyBlock(f, rows, columns, { at: init, stride: initStride }, { at: tile, stride })
      branch(
        f,
        () => {
          f.get(columns)
          f.i32.const(tileColumns / 2)
          f.i32.lt_u()
        },
        () => callMicro(1, [tile, stride], [tile, stride]),
        () => callMicro(2, [tile, stride], [tile, stride]),
      )
      copyBlock(f, rows, columns, { at: tile, stride }, { at: c, stride: cStride })
    }),
  )
  return f
}

interface Block {
  readonly at: Local
  readonly stride: Operand
}

/** Copies rows x columns values; leaves the addresses as they were. */
const copyBlock = (f: FunctionBody, rows: Local, columns: Local, from: Block, to: Block): void => {
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
