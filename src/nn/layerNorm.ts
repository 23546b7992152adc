/** Layer normalisation. */
import type { Expr } from '../graph/expr.js'
import { add, column, div, mean, mul, reshape, sqrt, square, sub } from '../graph/ops.js'
import { assertArgument, assertOptions, oneOfNames, optional, positive } from '../graph/options.js'
import { assertShape, columnsOf, sizeOf } from '../graph/shape.js'
import type { LayerOf } from './layer.js'

/**
 * `(x − mean) / √(variance + epsilon) · gain + bias` for each row of `x` `[m, n]`, over its last axis; `gain` and `bias` are
 * `[n]`. The variance is the mean of squares (biased), epsilon stands inside the root, and a row is multiplied by the
 * reciprocal of its root. Ba, Kiros and Hinton 2016 (arXiv:1607.06450), equation 4, with the epsilon of PyTorch's LayerNorm.
 */
export const layerNorm = (x: Expr, gain: Expr, bias: Expr, epsilon = 1e-5): Expr => {
  assertArgument('layerNorm', 'epsilon', epsilon, positive)
  const n = columnsOf(x.shape)
  assertShape(
    x.shape.length === 2 && [gain, bias].every((p) => sizeOf(p.shape) === n && columnsOf(p.shape) === n),
    'layerNorm',
    'rows [m, n] with a gain [n] and a bias [n]',
    x.shape,
    gain.shape,
    bias.shape,
  )
  const centred = sub(x, column(mean(x, 1)))
  const scale = div(1, sqrt(add(mean(square(centred), 1), epsilon)))
  return add(mul(centred, column(scale), gain), bias)
}

/** How a layer is normalised. */
export interface LayerNormalisationOptions {
  /** Added to the variance; 1e-5 when absent. */
  readonly epsilon?: number
  /** Over the last axis at each position (absent), as transformers do, or over the whole example, as the paper does for images. */
  readonly over?: 'last' | 'all'
}

/** Rules of `LayerNormalisationOptions`. */
export const layerNormalisationRules = {
  epsilon: optional(positive),
  over: optional(oneOfNames(['last', 'all'])),
} as const

/** `layerNorm` as a layer: `gain` and `bias` are `[units]` (all entries of an example for `'all'`) and start at 1 and 0. Keeps the shape. */
export const layerNormalisation = (options: LayerNormalisationOptions = {}): LayerOf => {
  assertOptions('layerNormalisation', options, layerNormalisationRules)
  const { epsilon = 1e-5, over = 'last' } = options
  return (shape) => {
    const units = over === 'last' ? columnsOf(shape) : sizeOf(shape)
    const filled = (value: number) => () => new Float32Array(units).fill(value)
    return {
      kind: 'layerNormalisation',
      parameters: [
        { name: 'gain', shape: [units], initialise: filled(1) },
        { name: 'bias', shape: [units], initialise: filled(0) },
      ],
      shape,
      apply: (x, { own }) => {
        const rows = reshape(x, [sizeOf(x.shape) / units, units])
        return { value: reshape(layerNorm(rows, own('gain'), own('bias'), epsilon), x.shape) }
      },
    }
  }
}
