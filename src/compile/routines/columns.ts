/** Loops over the columns of a row, for routines that do the same to all of them. */
import { type Part, partsOf } from '../gemm/split.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

/** Columns in one pass. */
const atOnce = 16

/**
 * Emits `body` for `count` consecutive columns, a vector at a time: `part.offset` is to be added to the pointers, which go past the
 * columns.
 */
export const emitColumns = (
  f: FunctionBody,
  count: number,
  pointers: readonly Local[],
  body: (part: Part) => void,
): void => {
  const some = (columns: number): void => {
    for (const part of partsOf(columns)) body(part)
    for (const pointer of pointers) f.increment(pointer, 4 * columns)
  }
  const whole = count <= atOnce ? 0 : Math.floor(count / atOnce)
  f.forRange(f.local('i32'), 0, whole, 1, () => some(atOnce))
  if (whole * atOnce < count) some(count - whole * atOnce)
}
