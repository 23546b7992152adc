/** The plain loops of a convolution. Borders are made of zeros that take part in every sum, as they do in the kernels. */
import type { Round, Vector } from '../expr.js'
import { type Bordered, type ConvolveForm, placeOf, type Windows, windowsOverX, windowsOverY } from './convolveForm.js'

/** Image `i` of `images` inside its border. */
const bordered = (images: Vector, i: number, b: Bordered): Float64Array => {
  const [height, width] = b.outer
  const out = new Float64Array(height * width * b.channels)
  for (let r = 0; r < b.height; r++)
    for (let s = 0; s < b.width; s++) {
      const [y, x] = [placeOf(r, b.top, b.spread, height), placeOf(s, b.left, b.spread, width)]
      if (y === undefined || x === undefined) continue
      const from = ((i * b.height + r) * b.width + s) * b.channels
      for (let k = 0; k < b.channels; k++) out[(y * width + x) * b.channels + k] = images[from + k]!
    }
  return out
}

/** Every window times a kernel `[kh, kw, channels in, channels out]`, from `init` on, over (ky, kx, channel) in order. */
const correlate = (
  n: number,
  windows: Windows,
  images: Vector,
  kernel: Vector,
  init: Vector | undefined,
  out: Vector,
  round: Round,
): void => {
  const { image, kh, kw, step, rows, columns, channels } = windows
  const line = kw * image.channels
  for (let i = 0; i < n; i++) {
    const padded = bordered(images, i, image)
    for (let r = 0; r < rows; r++)
      for (let s = 0; s < columns; s++)
        for (let k = 0; k < channels; k++) {
          let sum = init?.[k] ?? 0
          for (let ky = 0; ky < kh; ky++) {
            const from = ((r * step + ky) * image.outer[1] + s * step) * image.channels
            for (let l = 0; l < line; l++)
              sum = round(sum + round(padded[from + l]! * kernel[(ky * line + l) * channels + k]!))
          }
          out[((i * rows + r) * columns + s) * channels + k] = sum
        }
  }
}

/** y from x and the kernel. */
export const referenceY = (
  form: ConvolveForm,
  x: Vector,
  weight: Vector,
  init: Vector | undefined,
  out: Vector,
  round: Round,
): void => correlate(form.n, windowsOverX(form), x, weight, init, out, round)

/** x from the kernel and y: windows over y times the kernel turned by half a circle, its channels swapped. */
export const referenceX = (form: ConvolveForm, weight: Vector, y: Vector, out: Vector, round: Round): void => {
  const { kh, kw, c, o } = form
  const turned = new Float64Array(kh * kw * o * c)
  for (let p = 0; p < kh * kw; p++)
    for (let j = 0; j < c; j++)
      for (let k = 0; k < o; k++) turned[(p * o + k) * c + j] = weight[((kh * kw - 1 - p) * c + j) * o + k]!
  correlate(form.n, windowsOverY(form), y, turned, undefined, out, round)
}

/** The kernel from x and y, sums over (image, row, column) in order; `each`: one such sum for each image. */
export const referenceWeight = (
  form: ConvolveForm,
  each: boolean,
  x: Vector,
  y: Vector,
  out: Vector,
  round: Round,
): void => {
  const { n, oh, ow, o, kh, kw, c } = form
  const { image, step } = windowsOverX(form)
  const line = kw * c
  out.fill(0)
  for (let i = 0; i < n; i++) {
    const padded = bordered(x, i, image)
    const at = each ? i * kh * line * o : 0
    for (let r = 0; r < oh; r++)
      for (let s = 0; s < ow; s++)
        for (let ky = 0; ky < kh; ky++)
          for (let l = 0; l < line; l++) {
            const value = padded[((r * step + ky) * image.outer[1] + s * step) * c + l]!
            for (let k = 0; k < o; k++) {
              const to = at + (ky * line + l) * o + k
              out[to] = round(out[to]! + round(value * y[((i * oh + r) * ow + s) * o + k]!))
            }
          }
  }
}
