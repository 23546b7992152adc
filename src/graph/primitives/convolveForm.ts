/** Sizes of a convolution, and how two of its three faces are one loop over an image with a border. */
import type { Expr } from '../expr.js'
import type { Shape } from '../shape.js'

/** Images x `[n, h, w, c]`, kernels `[kh, kw, c, o]`, images y `[n, oh, ow, o]`. */
export interface ConvolveForm {
  readonly n: number
  readonly h: number
  readonly w: number
  readonly c: number
  readonly kh: number
  readonly kw: number
  readonly o: number
  readonly oh: number
  readonly ow: number
  readonly stride: number
  readonly pad: number
}

/** Which operand of the trilinear form `Σ x · weight · y` a node gives. */
export type Face = 'x' | 'weight' | 'y'

/** The faces in the order in which a node has them as arguments, without its own. */
export const operandsOf = (gives: Face): readonly Face[] =>
  (['x', 'weight', 'y'] as const).filter((face) => face !== gives)

/** The face that a convolve node gives. */
export const faceOf = (e: Expr): Face => (e.attrs.gives === 'x' ? 'x' : e.attrs.gives === 'weight' ? 'weight' : 'y')

/** Sizes of a convolve node. */
export const formOf = (e: Expr): ConvolveForm => {
  const gives = faceOf(e)
  const [n = 0, h = 0, w = 0, c = 0] = gives === 'x' ? e.shape : (e.args[0]?.shape ?? [])
  const [, oh = 0, ow = 0, o = 0] = gives === 'y' ? e.shape : (e.args[1]?.shape ?? [])
  const [kh = 0, kw = 0] = typeof e.attrs.kernel === 'object' ? e.attrs.kernel : []
  return { n, h, w, c, kh, kw, o, oh, ow, stride: Number(e.attrs.stride), pad: Number(e.attrs.pad) }
}

/** Shape of each face. */
export const shapeOfFace = ({ n, h, w, c, kh, kw, o, oh, ow }: ConvolveForm, face: Face): Shape =>
  face === 'x' ? [n, h, w, c] : face === 'y' ? [n, oh, ow, o] : [kh, kw, c, o]

/** Images `[height, width, channels]` inside a border of zeros, `spread` pixels apart, the first at (`top`, `left`). */
export interface Bordered {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly top: number
  readonly left: number
  readonly spread: number
  /** Height and width with the border; what would lie outside is left out. */
  readonly outer: readonly [number, number]
}

/** A face as windows `[kh, kw, channels]` over an image with a border: window (r, c) starts at (r · step, c · step). */
export interface Windows {
  readonly image: Bordered
  readonly kh: number
  readonly kw: number
  readonly step: number
  readonly rows: number
  readonly columns: number
  readonly channels: number
}

/** The windows over x that give y. */
export const windowsOverX = ({ h, w, c, kh, kw, o, oh, ow, stride, pad }: ConvolveForm): Windows => ({
  image: {
    height: h,
    width: w,
    channels: c,
    top: pad,
    left: pad,
    spread: 1,
    outer: [(oh - 1) * stride + kh, (ow - 1) * stride + kw],
  },
  kh,
  kw,
  step: stride,
  rows: oh,
  columns: ow,
  channels: o,
})

/** The windows over y, its pixels `stride` apart, that give x with the kernel turned by half a circle, its channels swapped. */
export const windowsOverY = ({ h, w, c, kh, kw, o, oh, ow, stride, pad }: ConvolveForm): Windows => ({
  image: {
    height: oh,
    width: ow,
    channels: o,
    top: kh - 1 - pad,
    left: kw - 1 - pad,
    spread: stride,
    outer: [h + kh - 1, w + kw - 1],
  },
  kh,
  kw,
  step: 1,
  rows: h,
  columns: w,
  channels: c,
})

/** Whether pixel `i` of `count`, `spread` apart from `first` on, lies within `outer`; its place. Undefined outside. */
export const placeOf = (i: number, first: number, spread: number, outer: number): number | undefined => {
  const at = first + i * spread
  return at >= 0 && at < outer ? at : undefined
}
