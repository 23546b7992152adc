/**
 * The convolutional network: convolution, 2 × 2 max pooling and ReLU, again and again, then a dense layer. ReLU comes after the
 * pooling, where it gives the same values as before it at a quarter of the work.
 */
import type { Expr } from '../graph/expr.js'
import { layout, view } from '../graph/layout.js'
import { convolve, dot, poolMax, relu, reshape } from '../graph/ops.js'
import { assertShape, type Shape, sizeOf } from '../graph/shape.js'
import { named } from '../random/key.js'
import { type InitialiserName, initialisers } from './initialise.js'
import type { Network } from './network.js'

/** Sizes of images and layers: `filters` may be empty (a linear classifier), `kernel` is odd. */
export interface CnnOptions {
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

interface Layer {
  readonly name: string
  readonly weight: Shape
  readonly fanIn: number
  readonly fanOut: number
}

/**
 * Layers `conv0`, `conv1`, …, each a weight `[kernel, kernel, in, out]` and a bias `[out]`, and `dense0`. Inputs are rows of
 * `height · width · channels`, channels fastest. Each pooling halves height and width, rounded down. Throws on sizes that are not
 * whole numbers from 1, on an even kernel and on images that are pooled to nothing.
 */
export const cnn = ({ height, width, channels, filters, kernel, outputs, initialiser }: CnnOptions): Network => {
  const sizes = [height, width, channels, ...filters, kernel, outputs]
  if (sizes.some((n) => !Number.isInteger(n) || n < 1))
    throw new Error(`cnn: sizes must be whole numbers from 1, got ${sizes.join(', ')}`)
  if (kernel % 2 === 0) throw new Error(`cnn: a kernel that keeps the size of images is odd, got ${kernel}`)
  const pooled = (n: number): number => filters.reduce((size) => Math.floor(size / 2), n)
  if (pooled(Math.min(height, width)) < 1)
    throw new Error(`cnn: images of ${height} x ${width} cannot be halved ${filters.length} times`)

  const convolutions = filters.map((to, i): Layer => {
    const from = filters[i - 1] ?? channels
    const area = kernel * kernel
    return { name: `conv${i}`, weight: [kernel, kernel, from, to], fanIn: area * from, fanOut: area * to }
  })
  const flat = pooled(height) * pooled(width) * (filters.at(-1) ?? channels)
  const head: Layer = { name: 'dense0', weight: [flat, outputs], fanIn: flat, fanOut: outputs }
  const layers = [...convolutions, head]
  const l = layout(
    layers.flatMap(({ name, weight }) => [
      { name: `${name}/weight`, shape: weight },
      { name: `${name}/bias`, shape: weight.slice(-1) },
    ]),
  )
  const inputs = height * width * channels
  return {
    layout: l,
    inputs,
    outputs,
    apply: (params, x) => {
      assertShape(x.shape.length === 2 && x.shape[1] === inputs, 'cnn', `rows of ${inputs} inputs`, x.shape)
      const n = x.shape[0] ?? 1
      const part = ({ name }: Layer, of: 'weight' | 'bias'): Expr => view(l, params, `${name}/${of}`)
      const images = convolutions.reduce(
        (h, layer) =>
          relu(poolMax(convolve(h, part(layer, 'weight'), { init: part(layer, 'bias'), pad: (kernel - 1) / 2 }), 2)),
        reshape(x, [n, height, width, channels]),
      )
      const features = reshape(images, [n, flat])
      return { logits: dot(features, part(head, 'weight'), { init: part(head, 'bias') }), features }
    },
    initialise: (key) => {
      const out = new Float32Array(l.size)
      const fill = initialisers[initialiser]
      for (const { name, weight, fanIn, fanOut } of layers)
        for (const [part, size] of [
          ['weight', sizeOf(weight)],
          ['bias', weight.at(-1) ?? 1],
        ] as const) {
          const entry = l.entries.find((e) => e.name === `${name}/${part}`)
          out.set(fill(named(key, `${name}/${part}`), part, fanIn, fanOut, size), entry?.offset)
        }
      return out
    },
  }
}
