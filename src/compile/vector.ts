/** Vectors that hold one to four consecutive columns, so that nothing is read or written past the last one; copies and zeros. */
import type { FunctionBody, Local, Operand } from './wasmFunction.js'

/** Columns that each vector of a panel holds: 4, 4, …, and what is left. */
export const lanesOf = (width: number): readonly number[] =>
  Array.from({ length: Math.ceil(width / 4) }, (_, v) => Math.min(4, width - 4 * v))

/** Pushes `lanes` columns from `address + offset`; the others are zero. */
export const loadVector = (f: FunctionBody, address: Operand, offset: number, lanes: number): void => {
  if (lanes === 3) f.push(address)
  f.push(address)
  if (lanes === 4) f.v128.load(offset)
  else if (lanes === 1) f.v128.load32_zero(offset)
  else f.v128.load64_zero(offset)
  if (lanes === 3) f.v128.load32_lane(offset + 8, 2)
}

/** Writes `lanes` columns of `value`, a vector or code that pushes one, to `address + offset`. */
export const storeVector = (
  f: FunctionBody,
  address: Operand,
  value: Local | (() => void),
  offset: number,
  lanes: number,
): void => {
  f.push(address)
  f.push(value)
  if (lanes === 4) f.v128.store(offset)
  else if (lanes === 1) f.v128.store32_lane(offset, 0)
  else f.v128.store64_lane(offset, 0)
  if (lanes !== 3) return
  f.push(address)
  f.push(value)
  f.v128.store32_lane(offset + 8, 2)
}

/** Writes `bytes` bytes of zeros at the address `at`. */
export const clear = (f: FunctionBody, at: number, bytes: number): void => {
  f.i32.const(at)
  f.i32.const(0)
  f.i32.const(bytes)
  f.memory.fill()
}

/** Copies `count` values; `from` and `to` are left as they were. */
export const copyValues = (f: FunctionBody, from: Local, to: Local, count: number): void => {
  const long = count > 64 ? count - (count % 16) : 0
  const copy = (source: Operand, target: Operand, first: number, width: number): void =>
    lanesOf(width).forEach((lanes, v) => {
      const value = f.local('v128')
      loadVector(f, source, 4 * first + 16 * v, lanes)
      f.set(value)
      storeVector(f, target, value, 4 * first + 16 * v, lanes)
    })
  if (long > 0) {
    const at = f.local('i32')
    const moved = (base: Local) => () => {
      f.get(base)
      f.get(at)
      f.i32.add()
    }
    f.forRange(at, 0, 4 * long, 64, () => copy(moved(from), moved(to), 0, 16))
  }
  if (long < count) copy(from, to, long, count - long)
}
