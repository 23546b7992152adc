/** A call out of the module: the host reads the arguments from memory and writes the result there. */
import { callHost } from '../../graph/primitives/onHost.js'
import { sizeOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'

/** See above. */
export const onHostRoutine: Routine = {
  emit: (f, e, { address, host }) => {
    const at = (x: typeof e) => ({ address: address(x), size: sizeOf(x.shape) })
    f.i32.const(host.add({ run: (args, out) => callHost(e, args, out), args: e.args.map(at), to: at(e) }))
    f.call(host.run)
  },
}
