import type { Arithmetic } from '../arithmetic.js'
import { branch, least, minus, plus, quotient, times } from '../operand.js'
import { type FunctionRef, type Signature, wasmModule } from '../wasm.js'
import type { Local, Operand } from '../wasmFunction.js'
import { kBlock, packedValues, scratchOffset, tileColumns, tileRows, together } from './blocking.js'
import { emitPackColumns, emitPackRows } from './pack.js'
import { emitStrip } from './strip.js'

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
  const strip = emitStrip(module, arithmetic)
  const packColumns = emitPackColumns(module, tileColumns, 'packColumns')
  const packers = (size: number, along: FunctionRef): Packers => ({
    width: size,
    along,
    across: emitPackRows(module, size, 1),
    acrossMany: emitPackRows(module, size, together),
  })
  const packersA = packers(tileRows, emitPackColumns(module, tileRows))
  const packersB = packers(tileColumns, packColumns)

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
  const p = f.local('i32')
  const j = f.local('i32')
  const jEnd = f.local('i32')
  const depth = f.local('i32')
  const height = f.local('i32')
  const init = f.local('i32')
  const initStride = f.local('i32')
  const width = f.local('i32')
  const stripB = f.local('i32')
  const kStep = f.local('i32')
  const iStep = f.local('i32')
  const stripC = f.local('i32')
  const cStride = f.local('i32')
  const notTa = f.local('i32')
  const panelB = plus(f, scratch, scratchOffset.panelB)
  const panelA = plus(f, panelB, times(f, depth, tileColumns * together * 4))

  /**
   * Packs `count` vectors of op(x) from vector `first` on into panels at `to`, one behind the other: x is [k, size], or
   * [size, k] when `swapped`. Panels across which the rows of x run are packed several at a time: each cache line of x is
   * fetched once.
   */
  const pack = (
    packers: Packers,
    swapped: Local,
    x: Local,
    first: Local,
    size: Local,
    to: Operand,
    count: Local,
  ): void => {
    const { width, along, across, acrossMany } = packers
    const vector = plus(f, first, p)
    const call = (packer: FunctionRef, row: Operand, column: Operand, stride: Local, valid: Operand): void => {
      f.push(plus(f, x, times(f, plus(f, times(f, row, stride), column), 4)))
      f.push(times(f, stride, 4))
      for (const operand of [plus(f, to, times(f, times(f, p, depth), 4)), depth, valid]) f.push(operand)
      f.call(packer)
    }
    const rest = least(f, minus(f, count, p), width)
    f.forRange(p, 0, count, width, () =>
      branch(
        f,
        swapped,
        () => call(along, vector, kAt, k, rest),
        () => {
          f.push(minus(f, count, p))
          f.i32.const(width * together)
          f.i32.ge_u()
          f.if(
            () => {
              call(acrossMany, kAt, vector, size, width * together)
              f.increment(p, width * (together - 1))
            },
            () => call(across, kAt, vector, size, rest),
          )
        },
      ),
    )
  }

  /** All rows packed times one panel of b: c itself is the start after the first block of k, else the bias or zeros. */
  const sweep = (): void => {
    f.assign(stripC, plus(f, c, times(f, plus(f, times(f, iAt, n), j), 4)))
    f.assign(initStride, 0)
    branch(
      f,
      kAt,
      () => {
        f.assign(init, stripC)
        f.assign(initStride, cStride)
      },
      () =>
        branch(
          f,
          bias,
          () => f.assign(init, plus(f, bias, times(f, j, 4))),
          () => f.assign(init, plus(f, scratch, scratchOffset.zeros)),
        ),
    )
    const columns = least(f, minus(f, n, j), tileColumns)
    for (const operand of [height, columns, panelA, stripB, depth, init, initStride, stripC, cStride, scratch])
      f.push(operand)
    f.call(strip)
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
  const blocks = quotient(f, plus(f, k, kBlock - 1), kBlock)
  f.assign(kStep, quotient(f, plus(f, k, minus(f, blocks, 1)), blocks))
  f.assign(iStep, times(f, quotient(f, packedValues, times(f, kStep, tileRows)), tileRows))
  f.forRange(kAt, 0, k, kStep, () => {
    f.assign(depth, least(f, minus(f, k, kAt), kStep))
    f.forRange(iAt, 0, m, iStep, () => {
      f.assign(height, least(f, minus(f, m, iAt), iStep))
      pack(packersA, notTa, a, iAt, m, panelA, height)
      f.forRange(jAt, 0, n, tileColumns * together, () => {
        f.assign(width, least(f, minus(f, n, jAt), tileColumns * together))
        pack(packersB, tb, b, jAt, n, panelB, width)
        f.assign(stripB, panelB)
        f.assign(jEnd, plus(f, jAt, width))
        f.forRange(j, jAt, jEnd, tileColumns, () => {
          sweep()
          f.increment(stripB, times(f, depth, tileColumns * 4))
        })
      })
    })
  })
  return module.encode()
}

/** How to pack vectors that run along k, and vectors that run across panels of `width`: one panel, or several at a time. */
interface Packers {
  readonly width: number
  readonly along: FunctionRef
  readonly across: FunctionRef
  readonly acrossMany: FunctionRef
}
