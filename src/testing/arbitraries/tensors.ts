/** Random tensors on a grid. */
import fc from 'fast-check'
import { type Shape, sizeOf } from '../../graph/shape.js'

/** A tensor as a shape and its flat values, last axis fastest: an argument of `checkGradients`. */
export interface Tensor {
  readonly shape: Shape
  readonly values: Float32Array
}

/** Range of values; absent: −2 to 2. */
export interface TensorRange {
  readonly low?: number
  readonly high?: number
}

const half = 2048

/**
 * Tensors of a shape with values in the middles of 4096 cells between `low` and `high`, as drawn arguments of `checkGradients` have: none is 0 or a
 * denormal number, and with the range absent none is within 1/2048 of a multiple of 1/1024. Smaller ones are nearer to the middle.
 */
export const tensors = (shape: Shape, { low = -2, high = 2 }: TensorRange = {}): fc.Arbitrary<Tensor> => {
  const cell = (high - low) / (2 * half)
  const n = sizeOf(shape)
  return fc
    .array(fc.integer({ min: -half, max: half - 1 }), { minLength: n, maxLength: n })
    .map((cells) => ({ shape, values: Float32Array.from(cells, (k) => (low + high) / 2 + (k + 0.5) * cell) }))
}
