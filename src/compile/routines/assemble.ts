/** Assembled vectors: zeros in the gaps, and copies of the parts that could not be computed in place. */
import { partOffsets } from '../../graph/primitives/sliceAssemble.js'
import { sizeOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'
import { clear } from '../vector.js'

/** See above. */
export const assembleRoutine: Routine = {
  emit: (f, e, { address, placed }) => {
    const to = address(e)
    const fill = (from: number, until: number): void => {
      if (until > from) clear(f, to + from * 4, (until - from) * 4)
    }
    let end = 0
    e.args.forEach((part, i) => {
      const at = partOffsets(e)[i] ?? 0
      fill(end, at)
      end = at + sizeOf(part.shape)
      if (placed(e, i)) return
      f.i32.const(to + at * 4)
      f.i32.const(address(part))
      f.i32.const(sizeOf(part.shape) * 4)
      f.memory.copy()
    })
    fill(end, sizeOf(e.shape))
  },
}
