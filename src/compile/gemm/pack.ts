import { branch, equal, plus, times } from '../operand.js'
import type { FunctionRef, WasmModule } from '../wasm.js'
import type { FunctionBody, Local, Operand } from '../wasmFunction.js'

const params = { from: 'i32', stride: 'i32', to: 'i32', depth: 'i32', valid: 'i32' } as const

/**
 * Packs `panels` panels [depth, width] (width 5 or 8), one behind the other, from rows that already run across them:
 * to[k, i] = from[k][i], rows of `from` being `stride` bytes apart. A single panel may have fewer columns: from `valid` to the
 * width they are set to zero.
 */
export const emitPackRows = (m: WasmModule, width: number, panels: number): FunctionRef => {
  const f = m.func({ params })
  const { from, stride, to, depth, valid } = f.params
  const end = f.local('i32')
  const i = f.local('i32')
  const size = f.local('i32')
  const target = f.local('i32')
  const everyRow = (copy: () => void): void => {
    f.assign(end, plus(f, to, times(f, depth, width * 4)))
    f.forRange(to, to, end, width * 4, () => {
      copy()
      f.increment(from, stride)
    })
  }
  const copyRows = (): void =>
    everyRow(() => {
      copyRow(f, from, to, width, 0)
      if (panels > 1) f.assign(target, to)
      for (let panel = 1; panel < panels; panel++) {
        f.increment(target, size)
        copyRow(f, from, target, width, panel * width * 4)
      }
    })
  if (panels > 1) {
    f.assign(size, times(f, depth, width * 4))
    copyRows()
    return f
  }
  branch(f, equal(f, valid, width), copyRows, () => {
    clear(f, to, depth, width)
    f.assign(valid, times(f, valid, 4))
    everyRow(() => f.forRange(i, 0, valid, 4, () => copyValue(f, plus(f, from, i), plus(f, to, i))))
  })
  return f
}

/**
 * Packs a panel [depth, width] (width 5 or 8) from rows that run along the depth: to[k, i] = from[i][k], rows of `from`
 * being `stride` bytes apart. Columns from `valid` to the width are set to zero.
 */
export const emitPackColumns = (m: WasmModule, width: number, name?: string): FunctionRef => {
  const f = m.func({ params, ...(name === undefined ? {} : { name }) })
  const { from, stride, to, depth, valid } = f.params
  const at = f.local('i32')
  const end = f.local('i32')
  const rows = Array.from({ length: width }, () => f.local('i32'))
  const values = Array.from({ length: width }, () => f.local('v128'))

  const transposeFour = (): void => {
    rows.forEach((row, i) => {
      f.push(plus(f, row, at))
      f.v128.load()
      f.set(values[i]!)
    })
    for (let i = 0; i + 4 <= width; i += 4) storeQuad(f, values.slice(i, i + 4), to, 4 * i, width * 4)
    if (width % 4 === 1) storeLanes(f, values[width - 1]!, to, 4 * (width - 1), width * 4)
    f.increment(to, 4 * width * 4)
  }
  const copyOne = (): void => {
    rows.forEach((row, i) => copyValue(f, plus(f, row, at), to, 4 * i))
    f.increment(to, width * 4)
  }

  branch(
    f,
    equal(f, valid, width),
    () => {
      rows.forEach((row, i) => f.assign(row, i === 0 ? from : plus(f, rows[i - 1]!, stride)))
      f.assign(end, () => {
        f.get(depth)
        f.i32.const(-4)
        f.i32.and()
        f.i32.const(2)
        f.i32.shl()
      })
      f.forRange(at, 0, end, 16, transposeFour)
      f.assign(end, times(f, depth, 4))
      f.forRange(at, at, end, 4, copyOne)
    },
    () => {
      const column = rows[0]!
      const row = rows[1]!
      clear(f, to, depth, width)
      f.assign(end, times(f, depth, 4))
      f.forRange(column, 0, valid, 1, () => {
        f.assign(row, plus(f, to, times(f, column, 4)))
        f.forRange(at, 0, end, 4, () => {
          copyValue(f, plus(f, from, at), row)
          f.increment(row, width * 4)
        })
        f.increment(from, stride)
      })
    },
  )
  return f
}

const clear = (f: FunctionBody, to: Local, depth: Local, width: number): void => {
  f.get(to)
  f.i32.const(0)
  f.push(times(f, depth, width * 4))
  f.memory.fill()
}

const copyValue = (f: FunctionBody, from: Operand, to: Operand, offset = 0): void => {
  f.push(to)
  f.push(from)
  f.f32.load()
  f.f32.store(offset)
}

/** Copies `width` values from `offset` bytes behind `from`: vectors, and the last one alone. */
const copyRow = (f: FunctionBody, from: Local, to: Local, width: number, offset: number): void => {
  for (let at = 0; at + 4 <= width; at += 4) {
    f.get(to)
    f.get(from)
    f.v128.load(offset + 4 * at)
    f.v128.store(4 * at)
  }
  if (width % 4 === 0) return
  f.get(to)
  f.get(from)
  f.f32.load(offset + 4 * (width - 1))
  f.f32.store(4 * (width - 1))
}

/** Pushes four 32-bit words chosen from two vectors (0-3 from the first, 4-7 from the second). */
export const words = (f: FunctionBody, first: Local, second: Local, chosen: readonly number[]): void => {
  f.get(first)
  f.get(second)
  f.i8x16.shuffle(chosen.flatMap((word) => [4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3]))
}

const lowWords = [0, 4, 1, 5]
const highWords = [2, 6, 3, 7]

/** Stores the transpose of four vectors as four rows, `stride` bytes apart from `offset` on. Overwrites the vectors. */
const storeQuad = (
  f: FunctionBody,
  [a, b, c, d]: readonly Local[],
  to: Local,
  offset: number,
  stride: number,
): void => {
  if (!a || !b || !c || !d) throw new Error('storeQuad takes four vectors')
  const high = f.local('v128')
  const low = f.local('v128')
  for (const [chosen, first] of [
    [lowWords, 0],
    [highWords, 2],
  ] as const) {
    words(f, a, b, chosen)
    f.set(low)
    words(f, c, d, chosen)
    f.set(high)
    for (const [row, halves] of [
      [0, 1, 4, 5],
      [2, 3, 6, 7],
    ].entries()) {
      f.get(to)
      words(f, low, high, halves)
      f.v128.store(offset + (first + row) * stride)
    }
  }
}

/** Stores the lanes of a vector `stride` bytes apart from `offset` on. */
const storeLanes = (f: FunctionBody, values: Local, to: Local, offset: number, stride: number): void => {
  for (let lane = 0; lane < 4; lane++) {
    f.get(to)
    f.get(values)
    f.v128.store32_lane(offset + lane * stride, lane)
  }
}
