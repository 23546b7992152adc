/**
 * The convolutional network: convolution, 2 × 2 max pooling and ReLU, again and again, then a dense layer. ReLU comes after the
 * pooling, where it gives the same values as before it at a quarter of the work; so does any other function that never falls.
 */
import { assertOptions, listOf, type Rule, wholeFrom } from '../graph/options.js'
import { conv2d } from './conv2d.js'
import { dense } from './dense.js'
import { afterProduct, type HiddenOptions, hiddenRules } from './hidden.js'
import { type InitialiserName, initialiserRule } from './initialise.js'
import type { Network } from './network.js'
import { maxPool } from './pool.js'
import { stack } from './stack.js'

/** Sizes of images and layers: `filters` may be empty (a linear classifier), `kernel` is odd. */
export interface CnnOptions extends HiddenOptions {
  readonly height: number
  readonly width: number
  readonly channels: number
  /** Output channels of each convolution. */
  readonly filters: readonly number[]
  /** Height and width of all kernels. Borders are padded so that images keep their size. */
  readonly kernel: number
  readonly outputs: number
  readonly initialiser: InitialiserName
}

const size = wholeFrom(1)
const odd: Rule = {
  expected: 'an odd whole number, so that images keep their size',
  accepts: (v) => size.accepts(v) && Number(v) % 2 === 1,
}

/**
 * Layers `conv0`, `conv1`, …, each a weight `[kernel, kernel, in, out]` and a bias `[out]`, and `dense0`. Inputs are rows of
 * `height · width · channels`, channels fastest. Each pooling halves height and width, rounded down. Throws on sizes that are not
 * whole numbers from 1, on an even kernel, on unknown names and on images that are pooled to nothing.
 */
export const cnn = (options: CnnOptions): Network => {
  assertOptions('cnn', options, {
    height: size,
    width: size,
    channels: size,
    filters: listOf(size),
    kernel: odd,
    outputs: size,
    initialiser: initialiserRule,
    ...hiddenRules,
  })
  const { height, width, channels, filters, kernel, outputs, initialiser } = options
  if (filters.reduce((n) => Math.floor(n / 2), Math.min(height, width)) < 1)
    throw new Error(`cnn: images of ${height} x ${width} cannot be halved ${filters.length} times`)
  const pad = (kernel - 1) / 2
  return stack(
    [height, width, channels],
    [
      ...filters.flatMap((to) => [
        conv2d({ filters: to, kernel, pad, initialiser }),
        maxPool(2),
        ...afterProduct(options),
      ]),
      dense({ units: outputs, initialiser }),
    ],
  )
}
