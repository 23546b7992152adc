/** Clipping of the gradient by its global norm. */
import { abs, div, flush, maxLast, mul, reshape, selectGreater, sqrt, square, sum } from '../graph/ops.js'
import { assertOptions, positive } from '../graph/options.js'
import { squareFloor } from '../graph/primitives/flush.js'
import { sizeOf } from '../graph/shape.js'
import type { Transform } from './transform.js'

/**
 * `‖g‖ > c: g ← g · c/‖g‖`, with c the `limit` and ‖g‖ the Euclidean norm over all parameters; a shorter gradient keeps its bits. The
 * norm is taken of g divided by its largest magnitude, so that it does not overflow where squares of finite elements would. NaN and
 * infinities pass. Throws on a limit that is not above 0.
 * @source Pascanu, Mikolov & Bengio 2013, algorithm 1. PyTorch divides by ‖g‖ + 1e-6, which clips a little more.
 */
export const clipByNorm = (options: { readonly limit: number }): Transform => {
  assertOptions('clipByNorm', options, { limit: positive })
  const { limit } = options
  return {
    name: 'clipByNorm',
    slots: [],
    apply: ({ gradient }) => {
      const largest = reshape(maxLast(reshape(abs(gradient), [1, sizeOf(gradient.shape)])), [])
      const unit = selectGreater(largest, 0, largest, 1)
      const norm = sqrt(sum(square(flush(div(gradient, unit), squareFloor))))
      const allowed = div(limit, unit)
      return { gradient: mul(gradient, selectGreater(norm, allowed, div(allowed, norm), 1)) }
    },
  }
}
