/** One-hot rows: zeros, then a one in each row whose index is a class. */
import { columnsOf, sizeOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'
import { clear } from '../vector.js'

/** See above. */
export const oneHotRoutine: Routine = {
  emit: (f, e, { address }) => {
    const n = columnsOf(e.shape)
    const [at, to] = [address(e.args[0]!), address(e)]
    const i = f.local('i32')
    const index = f.local('i32')
    clear(f, to, sizeOf(e.shape) * 4)
    f.forRange(i, 0, (e.shape[0] ?? 0) * 4, 4, () => {
      f.get(i)
      f.i32.load(at)
      f.tee(index)
      f.i32.const(n)
      f.i32.lt_u()
      f.if(() => {
        f.get(i)
        f.i32.const(n)
        f.i32.mul()
        f.get(index)
        f.i32.const(4)
        f.i32.mul()
        f.i32.add()
        f.f32.const(1)
        f.f32.store(to)
      })
    })
  },
}
