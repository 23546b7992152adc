/** What an initialiser is, and what they share. */
import { sizeOf, type Shape } from '../../graph/shape.js'
import { uniforms } from '../../random/draw.js'
import type { Key } from '../../random/key.js'
import { normals } from '../../random/normals.js'

/** The tensor to fill. */
export interface Fill {
  readonly key: Key
  /** A bias is what sums start from: most rules make it 0. */
  readonly part: 'weight' | 'bias'
  /** The last axis of a weight is that of the outputs; a kernel is `[height, width, inputs, outputs]`. */
  readonly shape: Shape
  /** Values that one output is the sum of, times their weights: the inputs, times the area of a kernel. */
  readonly fanIn: number
  /** Outputs that one input goes to: the units, times the area of a kernel. */
  readonly fanOut: number
}

/** First values of a weight or a bias, as many as the shape has elements. The same key gives the same bits. */
export type Initialiser = (fill: Fill) => Float32Array

/** Uniform in ±bound. */
export const within = ({ key, shape }: Fill, bound: number): Float32Array =>
  Float32Array.from(uniforms(key, sizeOf(shape)), (u) => (2 * u - 1) * bound)

/** Normal with mean 0 and the deviation given. */
export const spread = ({ key, shape }: Fill, deviation: number): Float32Array =>
  Float32Array.from(normals(key, sizeOf(shape)), (z) => z * deviation)

/** The rule for weights, with biases 0. */
export const zeroBias =
  (weights: Initialiser): Initialiser =>
  (fill) =>
    fill.part === 'bias' ? new Float32Array(sizeOf(fill.shape)) : weights(fill)
