/** Sum over windows, added in (ky, kx) order from +0, and its transpose. */
import { windowOf } from '../../graph/primitives/pooling.js'
import type { Routine } from '../routine.js'
import { loadVector, storeVector } from '../vector.js'
import { clearLeftOver, emitWindows } from './poolWindows.js'

/** See above. */
export const poolSumRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, to] = [address(e.args[0]!), address(e)]
    const sum = f.local('v128')
    emitWindows(f, e.args[0]!.shape, windowOf(e), ({ part, pooled, entries }) => {
      f.f32x4.const(0)
      f.set(sum)
      entries(false, (from, at) => {
        f.get(sum)
        loadVector(f, from, x + at, part.lanes)
        f.f32x4.add()
        f.set(sum)
      })
      storeVector(f, pooled, sum, to + part.offset, part.lanes)
    })
  },
}

/** Each value to every place of its window. */
export const poolSpreadRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, to] = [address(e.args[0]!), address(e)]
    const value = f.local('v128')
    const size = windowOf(e)
    clearLeftOver(f, e.shape, size, to)
    emitWindows(f, e.shape, size, ({ part, pooled, entries }) => {
      loadVector(f, pooled, x + part.offset, part.lanes)
      f.set(value)
      entries(false, (from, at) => storeVector(f, from, value, to + at, part.lanes))
    })
  },
}
