/** Pooling layers. */
import type { Expr } from '../graph/expr.js'
import { poolMax, poolMean } from '../graph/ops.js'
import { assertArgument, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import type { LayerOf } from './layer.js'

const pooling = (kind: string, size: number, pool: (x: Expr, size: number) => Expr): LayerOf => {
  assertArgument(kind, 'size', size, wholeFrom(1))
  return (shape) => {
    const [height = 0, width = 0, channels = 0] = shape
    assertShape(
      shape.length === 3 && Math.min(height, width) >= size,
      kind,
      `images [height, width, channels] that hold a window of ${size} × ${size}`,
      shape,
    )
    return {
      kind,
      parameters: [],
      shape: [Math.floor(height / size), Math.floor(width / size), channels],
      apply: (x) => ({ value: pool(x, size) }),
    }
  }
}

/**
 * The largest value of each window of `size` × `size`, channel by channel, windows side by side: `[height, width, channels]` →
 * `[⌊height/size⌋, ⌊width/size⌋, channels]`. Left-over rows and columns belong to no window. The gradient goes to the first
 * largest entry of a window. Throws on a size that is not whole from 1 and on images without a window.
 */
export const maxPool = (size: number): LayerOf => pooling('maxPool', size, poolMax)

/** The mean of each window, as `maxPool` cuts them. LeCun et al. 1998, without their learned coefficient and bias. */
export const meanPool = (size: number): LayerOf => pooling('meanPool', size, poolMean)
