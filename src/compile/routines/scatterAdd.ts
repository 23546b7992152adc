/** Rows added into a table, in ascending order of their index `i`; the table starts as +0. */
import { columnsOf, sizeOf } from '../../graph/shape.js'
import type { Part } from '../gemm/split.js'
import type { Routine } from '../routine.js'
import { clear, loadVector, storeVector } from '../vector.js'
import { emitColumns } from './columns.js'

/** See above. Fed indices are checked by the host; any other that is outside of the table traps before it writes. */
export const scatterAddRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [values, indices, to] = [address(e.args[0]!), address(e.args[1]!), address(e)]
    const n = columnsOf(e.shape)
    const [from, at, i, row] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const add = (part: Part): void => {
      const sum = (): void => {
        loadVector(f, at, to + part.offset, part.lanes)
        loadVector(f, from, values + part.offset, part.lanes)
        f.f32x4.add()
      }
      storeVector(f, at, sum, to + part.offset, part.lanes)
    }
    clear(f, to, sizeOf(e.shape) * 4)
    f.assign(from, 0)
    f.forRange(i, 0, 4 * e.args[1]!.shape[0]!, 4, () => {
      f.get(i)
      f.i32.load(indices)
      f.tee(row)
      f.i32.const(e.shape[0]!)
      f.i32.ge_u()
      f.if(() => f.unreachable())
      f.get(row)
      f.i32.const(4 * n)
      f.i32.mul()
      f.set(at)
      emitColumns(f, n, [from, at], add)
    })
  },
}
