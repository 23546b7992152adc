/** The convolutional layer. */
import { convolve } from '../graph/ops.js'
import { assertOptions, optional, wholeFrom } from '../graph/options.js'
import { assertShape } from '../graph/shape.js'
import { type InitialiserName, initialiserRule, initialisers } from './initialise.js'
import type { LayerOf } from './layer.js'

/** Sizes of a convolution. */
export interface Conv2dOptions {
  /** Output channels. */
  readonly filters: number
  /** Height and width of the kernels. */
  readonly kernel: number
  /** Pixels between windows; 1 when absent. */
  readonly stride?: number
  /** Pixels of zeros on each side; 0 when absent. (kernel − 1)/2 keeps the size of images at stride 1. */
  readonly pad?: number
  readonly initialiser: InitialiserName
}

/**
 * Convolution of images `[height, width, channels]`: `weight` [kernel, kernel, channels, filters], `bias` [filters], the first
 * value of every sum; result `[oh, ow, filters]` with `oh = ⌊(height + 2 pad − kernel)/stride⌋ + 1`. Fan-in is
 * kernel² · channels, fan-out kernel² · filters. Costs oh · ow · kernel² · channels · filters products an example. Throws on impossible sizes and on examples that are not images the kernel fits.
 * LeCun et al. 1989; the kernel is not turned, as in every framework.
 */
export const conv2d = (options: Conv2dOptions): LayerOf => {
  assertOptions('conv2d', options, {
    filters: wholeFrom(1),
    kernel: wholeFrom(1),
    stride: optional(wholeFrom(1)),
    pad: optional(wholeFrom(0)),
    initialiser: initialiserRule,
  })
  const { filters, kernel, stride = 1, pad = 0, initialiser } = options
  return (shape) => {
    const [height = 0, width = 0, channels = 0] = shape
    assertShape(
      shape.length === 3 && Math.min(height, width) + 2 * pad >= kernel,
      'conv2d',
      `images [height, width, channels] that hold a kernel of ${kernel} × ${kernel} with ${pad} zeros on each side`,
      shape,
    )
    const along = (n: number): number => Math.floor((n + 2 * pad - kernel) / stride) + 1
    const area = kernel * kernel
    const fan = { fanIn: area * channels, fanOut: area * filters }
    const weight = [kernel, kernel, channels, filters]
    const fill = initialisers[initialiser]
    return {
      kind: 'conv',
      parameters: [
        { name: 'weight', shape: weight, initialise: (key) => fill({ key, part: 'weight', shape: weight, ...fan }) },
        { name: 'bias', shape: [filters], initialise: (key) => fill({ key, part: 'bias', shape: [filters], ...fan }) },
      ],
      shape: [along(height), along(width), filters],
      apply: (x, { own }) => ({ value: convolve(x, own('weight'), { init: own('bias'), stride, pad }) }),
    }
  }
}
