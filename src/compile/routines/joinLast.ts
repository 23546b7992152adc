/** Columns of the last axis, row by row: out of wider rows, and side by side into them with zeros in the gaps. */
import { firstColumn, partColumns } from '../../graph/primitives/joinLast.js'
import { columnsOf, rowsOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'
import { clear, copyValues } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

/** Emits `body` once for each of `rows` rows; the pointers, at the addresses `starts`, go on by `steps` columns. */
const emitRows = (
  f: FunctionBody,
  rows: number,
  starts: readonly number[],
  steps: readonly number[],
  body: (pointers: readonly Local[]) => void,
): void => {
  const pointers = starts.map((start) => {
    const pointer = f.local('i32')
    f.assign(pointer, start)
    return pointer
  })
  f.forRange(f.local('i32'), 0, rows, 1, () => {
    body(pointers)
    pointers.forEach((pointer, i) => f.increment(pointer, 4 * steps[i]!))
  })
}

/** See above. */
export const sliceLastRoutine: Routine = {
  emit: (f, e, { address }) => {
    const x = e.args[0]!
    const [columns, wide] = [columnsOf(e.shape), columnsOf(x.shape)]
    emitRows(f, rowsOf(e.shape), [address(x) + 4 * firstColumn(e), address(e)], [wide, columns], ([from, to]) =>
      copyValues(f, from!, to!, columns),
    )
  },
}

/** One part after another, so that what is being read and written are two streams. */
export const joinLastRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [rows, wide, to] = [rowsOf(e.shape), columnsOf(e.shape), address(e)]
    const widths = e.args.map((part) => columnsOf(part.shape))
    if (widths.reduce((a, b) => a + b) < wide) clear(f, to, 4 * rows * wide)
    e.args.forEach((part, i) => {
      const columns = widths[i]!
      emitRows(f, rows, [address(part), to + 4 * partColumns(e)[i]!], [columns, wide], ([from, at]) =>
        copyValues(f, from!, at!, columns),
      )
    })
  },
}
