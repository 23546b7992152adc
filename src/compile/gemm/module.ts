import type { Arithmetic } from '../arithmetic.js'
import { branch, least, minus, plus, times } from '../operand.js'
import { type FunctionRef, type Signature, wasmModule } from '../wasm.js'
import type { Local, Operand } from '../wasmFunction.js'
import { kBlock, mBlock, scratchOffset, tileColumns, tileRows } from './blocking.js'
import { emitPackColumns, emitPackRows } from './pack.js'
import { emitTile } from './tile.js'

/**
 * Signature of the exported `gemm`, all i32: addresses of a, b, c and bias (0 = none), sizes m, n, k (each >= 1), flags
 * ta, tb and the address of `scratchBytes(m, n, k)` bytes of scratch, 16-byte aligned.
 */
export const gemmSignature: Signature = {
  params: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
}

/** Signature of the exported `packColumns`: from, stride (bytes), to, depth, valid; see `emitPackColumns`, width 8. */
export const packColumnsSignature: Signature = { params: ['i32', 'i32', 'i32', 'i32', 'i32'] }

/**
 * The matrix product of f32 matrices as a WebAssembly module: imports `env.memory`, exports `gemm` and `packColumns`.
 *
 *     c[i, j] = bias[j] (or +0), then + a[i, k] * b[k, j] for k = 0, 1, ... in order
 *
 * each product and each sum rounded to f32; a is [m, k] or with ta stored as [k, m], b is [k, n] or with tb stored as
 * [n, k], c is [m, n]; all are contiguous, row by row, and c overlaps neither a nor b.
 *
 * Blocking after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008): panels of a for the
 * second-level cache, one panel of b for the first, blocks of k accumulating through c (which keeps the order of sums).
 */
export const gemmModule = (arithmetic: Arithmetic = 'exact'): Uint8Array<ArrayBuffer> => {
  const module = wasmModule()
  module.importMemory('env', 'memory')
  const tile = emitTile(module, arithmetic)
  const packColumns = emitPackColumns(module, tileColumns, 'packColumns')
  const packersA: Packers = { along: emitPackColumns(module, tileRows), across: emitPackRows(module, tileRows) }
  const packersB: Packers = { along: packColumns, across: emitPackRows(module, tileColumns) }

  const f = module.func({
    name: 'gemm',
    params: {
      a: 'i32',
      b: 'i32',
      c: 'i32',
      bias: 'i32',
      m: 'i32',
      n: 'i32',
      k: 'i32',
      ta: 'i32',
      tb: 'i32',
      scratch: 'i32',
    },
  })
  const { a, b, c, bias, m, n, k, ta, tb, scratch } = f.params
  const kAt = f.local('i32')
  const iAt = f.local('i32')
  const jAt = f.local('i32')
  const i = f.local('i32')
  const depth = f.local('i32')
  const height = f.local('i32')
  const init = f.local('i32')
  const initStride = f.local('i32')
  const cStride = f.local('i32')
  const notTa = f.local('i32')
  const panelA = plus(f, plus(f, scratch, scratchOffset.panelB), times(f, depth, tileColumns * 4))
  const panelB = plus(f, scratch, scratchOffset.panelB)

  /** Packs a panel of op(x), whose vectors across the panel start at `at`: x is [k, size], or [size, k] when `swapped`. */
  const pack = (packers: Packers, swapped: Local, x: Local, at: Operand, size: Local, to: Operand, valid: Operand) => {
    const call = (packer: FunctionRef, row: Operand, column: Operand, stride: Local): void => {
      f.push(plus(f, x, times(f, plus(f, times(f, row, stride), column), 4)))
      f.push(times(f, stride, 4))
      for (const operand of [to, depth, valid]) f.push(operand)
      f.call(packer)
    }
    branch(
      f,
      swapped,
      () => call(packers.along, at, kAt, k),
      () => call(packers.across, kAt, at, size),
    )
  }

  const packA = (): void => {
    const at = plus(f, iAt, i)
    const to = plus(f, panelA, times(f, times(f, i, depth), 4))
    f.forRange(i, 0, height, tileRows, () =>
      pack(packersA, notTa, a, at, m, to, least(f, minus(f, height, i), tileRows)),
    )
  }

  const sweep = (): void => {
    f.push(least(f, minus(f, height, i), tileRows))
    f.push(least(f, minus(f, n, jAt), tileColumns))
    f.push(plus(f, panelA, times(f, times(f, i, depth), 4)))
    f.push(panelB)
    f.get(depth)
    f.push(plus(f, init, times(f, i, initStride)))
    f.get(initStride)
    f.push(plus(f, c, times(f, plus(f, times(f, plus(f, iAt, i), n), jAt), 4)))
    f.get(cStride)
    f.get(scratch)
    f.call(tile)
  }

  /** The initial values of column panel jAt, rows from iAt: c itself after the first block of k, else the bias or zeros. */
  const chooseInit = (): void => {
    f.assign(initStride, 0)
    branch(
      f,
      kAt,
      () => {
        f.assign(init, plus(f, c, times(f, plus(f, times(f, iAt, n), jAt), 4)))
        f.assign(initStride, cStride)
      },
      () =>
        branch(
          f,
          bias,
          () => f.assign(init, plus(f, bias, times(f, jAt, 4))),
          () => f.assign(init, plus(f, scratch, scratchOffset.zeros)),
        ),
    )
  }

  f.assign(notTa, () => {
    f.get(ta)
    f.i32.eqz()
  })
  f.assign(cStride, times(f, n, 4))
  f.push(plus(f, scratch, scratchOffset.zeros))
  f.i32.const(0)
  f.i32.const(tileColumns * 4)
  f.memory.fill()
  f.forRange(kAt, 0, k, kBlock, () => {
    f.assign(depth, least(f, minus(f, k, kAt), kBlock))
    f.forRange(iAt, 0, m, mBlock, () => {
      f.assign(height, least(f, minus(f, m, iAt), mBlock))
      packA()
      f.forRange(jAt, 0, n, tileColumns, () => {
        pack(packersB, tb, b, jAt, n, panelB, least(f, minus(f, n, jAt), tileColumns))
        chooseInit()
        f.forRange(i, 0, height, tileRows, sweep)
      })
    })
  })
  return module.encode()
}

/** How to pack vectors that run along k, and vectors that run across the panel. */
interface Packers {
  readonly along: FunctionRef
  readonly across: FunctionRef
}
