/** Convolution and pooling. ONNX has its images as [n, channels, height, width], so they are turned before and after. */
import type { Expr } from '../../graph/expr.js'
import { faceOf, formOf } from '../../graph/primitives/convolveForm.js'
import { windowOf } from '../../graph/primitives/pooling.js'
import type { Dim } from './dims.js'
import type { Value } from './emitter.js'
import { arg, type Scene, type Translation } from './translation.js'

const turned = (s: Scene, value: Value, perm: readonly number[]): Value =>
  s.emit.op(
    'Transpose',
    [value],
    perm.map((axis) => value.dims[axis]!),
    { perm },
  )

const channelsFirst = (s: Scene, value: Value): Value => turned(s, value, [0, 3, 1, 2])
const channelsLast = (s: Scene, value: Value): Value => turned(s, value, [0, 2, 3, 1])
const firstDims = (dims: readonly Dim[]): readonly Dim[] => [0, 3, 1, 2].map((axis) => dims[axis]!)

/** y from x and the kernel; x from the kernel and y, as a decoder has it. A kernel from two images is a derivative. */
const convolve: Translation = (e, s) => {
  const { h, w, kh, kw, oh, ow, stride, pad } = formOf(e)
  const face = faceOf(e)
  if (face === 'weight') return s.refuse(e, 'a kernel from images and images is a derivative')
  const attributes = { kernel_shape: [kh, kw], strides: [stride, stride] }
  if (face === 'y') {
    const [, , init] = e.args
    const args = [channelsFirst(s, s.exact(arg(e, 0))), turned(s, s.exact(arg(e, 1)), [3, 2, 0, 1])]
    const bias = init === undefined ? [] : [s.exact(init)]
    const dims = firstDims(s.dims(e))
    return channelsLast(s, s.emit.op('Conv', [...args, ...bias], dims, { ...attributes, pads: [pad, pad, pad, pad] }))
  }
  // rows and columns that no window reached lie at the end
  const beyond = [h + 2 * pad - kh - (oh - 1) * stride, w + 2 * pad - kw - (ow - 1) * stride]
  const args = [channelsFirst(s, s.exact(arg(e, 1))), turned(s, s.exact(arg(e, 0)), [3, 2, 0, 1])]
  const options = { ...attributes, pads: [pad, pad, pad, pad], output_padding: beyond }
  return channelsLast(s, s.emit.op('ConvTranspose', args, firstDims(s.dims(e)), options))
}

const pooled = (op: string, e: Expr, s: Scene): Value => {
  const size = windowOf(e)
  const options = { kernel_shape: [size, size], strides: [size, size] }
  return channelsLast(s, s.emit.op(op, [channelsFirst(s, s.exact(arg(e, 0)))], firstDims(s.dims(e)), options))
}

/** Every value at all places of its window, zeros where no window is. */
const poolSpread: Translation = (e, s) => {
  const size = windowOf(e)
  const x = s.exact(arg(e, 0))
  const one = s.emit.dim(1)
  // [n, rows, 1, columns, 1, channels] is repeated along the two axes of a window
  const apart = x.dims.flatMap((d, axis) => (axis === 1 || axis === 2 ? [d, one] : [d]))
  const window = apart.map((d, axis) => (axis === 2 || axis === 4 ? s.emit.dim(size) : d))
  const covered = x.dims.map((d, axis) => (axis === 1 || axis === 2 ? d.map((v) => v * size) : d))
  const joined = s.emit.reshape(s.emit.exact(s.emit.reshape(x, apart), window), covered)
  const beyond = s.dims(e).map((d, axis) => d.map((v, i) => v - covered[axis]![i]!))
  if (beyond.every((d) => d.every((v) => v === 0))) return joined
  const pads = s.emit.lengths([...beyond.map(() => s.emit.dim(0)), ...beyond])
  return s.emit.op('Pad', [joined, pads], s.dims(e))
}

/** By name of the primitive. */
export const images: Readonly<Record<string, Translation>> = {
  convolve,
  poolMax: (e, s) => pooled('MaxPool', e, s),
  poolSpread,
  poolSum: (e, s) => {
    const mean = pooled('AveragePool', e, s)
    return s.emit.op('Mul', [mean, s.emit.literal(windowOf(e) * windowOf(e))], mean.dims)
  },
}
