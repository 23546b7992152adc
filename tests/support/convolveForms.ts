import fc from 'fast-check'
import type { ConvolveForm } from '../../src/graph/primitives/convolveForm.js'

/** The largest of each; `size`: of height and width, `kernel`: of a kernel's. */
interface Limits {
  readonly n: number
  readonly size: number
  readonly c: number
  readonly kernel: number
  readonly o: number
}

const axis = (max: number, min = 1) => fc.integer({ min, max })

/** Convolutions of strides 1 to 3 and borders 0 to 3 whose kernel fits the image. */
export const convolveForms = ({ n, size, c, kernel, o }: Limits): fc.Arbitrary<ConvolveForm> =>
  fc
    .record({
      n: axis(n),
      h: axis(size),
      w: axis(size),
      c: axis(c),
      kh: axis(kernel),
      kw: axis(kernel),
      o: axis(o),
      stride: axis(3),
      pad: axis(3, 0),
    })
    .filter((f) => f.kh <= f.h + 2 * f.pad && f.kw <= f.w + 2 * f.pad)
    .map((f) => ({
      ...f,
      oh: Math.floor((f.h + 2 * f.pad - f.kh) / f.stride) + 1,
      ow: Math.floor((f.w + 2 * f.pad - f.kw) / f.stride) + 1,
    }))
