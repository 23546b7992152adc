import type { Dataset, Rows } from '../data/dataset.js'
import { turn } from '../data/turn.js'
import { uniforms } from '../random/draw.js'
import { key, named } from '../random/key.js'
import type { Distribution } from './distribution.js'

interface Size {
  readonly width: number
  readonly height: number
}

/** What a turned pixel takes: a mean of the four old pixels around its place of origin, or the nearest one. */
export type Interpolation = 'bilinear' | 'nearest'

/**
 * Turns images anticlockwise about their centre by an angle in degrees; zero outside, means rounded half up. Only + - * and floor in
 * f64: the same bytes on every machine.
 */
export const rotate = (
  pixels: Uint8Array,
  { width, height }: Size,
  degrees: number,
  interpolation: Interpolation = 'bilinear',
): Uint8Array => {
  const inputs = width * height
  const { from, weight } = corners({ width, height }, degrees, interpolation)
  const out = new Uint8Array(pixels.length)
  for (let row = 0; row < pixels.length; row += inputs) {
    for (let j = 0; j < inputs; j++) {
      const c = 4 * j
      const upper = weight[c]! * pixels[row + from[c]!]! + weight[c + 1]! * pixels[row + from[c + 1]!]!
      const lower = weight[c + 2]! * pixels[row + from[c + 2]!]! + weight[c + 3]! * pixels[row + from[c + 3]!]!
      out[row + j] = Math.floor(upper + lower + 0.5)
    }
  }
  return out
}

/** For each new pixel the four old ones around its place of origin, with weights (one of them 1 where that is a pixel); outside: weight 0. */
const corners = ({ width, height }: Size, degrees: number, interpolation: Interpolation) => {
  const { sin, cos } = turn(degrees)
  const from = new Int32Array(4 * width * height)
  const weight = new Float64Array(4 * width * height)
  const centreX = (width - 1) / 2
  const centreY = (height - 1) / 2
  const at = (x: number): number => (interpolation === 'nearest' ? Math.floor(x + 0.5) : x)
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      // the picture's y axis points down, hence the signs
      const x = at(centreX + cos * (c - centreX) - sin * (r - centreY))
      const y = at(centreY + sin * (c - centreX) + cos * (r - centreY))
      const left = Math.floor(x)
      const top = Math.floor(y)
      for (let corner = 0; corner < 4; corner++) {
        const right = corner % 2
        const below = corner >> 1
        const [sx, sy] = [left + right, top + below]
        if (sx < 0 || sx >= width || sy < 0 || sy >= height) continue
        const entry = 4 * (r * width + c) + corner
        from[entry] = sy * width + sx
        weight[entry] = (right === 1 ? x - left : 1 - (x - left)) * (below === 1 ? y - top : 1 - (y - top))
      }
    }
  }
  return { from, weight }
}

/** Angles in degrees: listed, or how many to draw in [0, maximum). */
export type Angles = readonly number[] | { readonly count: number; readonly maximum: number }

const anglesOf = (angles: Angles, seed: number): readonly number[] => {
  if (!('maximum' in angles)) return angles
  const drawn = uniforms(named(key(seed), 'stream/rotated'), angles.count)
  return Array.from(drawn, (u) => u * angles.maximum)
}

/**
 * Contexts of all classes whose images are turned, each context by an angle of its own.
 * @source Lopez-Paz and Ranzato 2017, "Gradient episodic memory", rotated MNIST.
 */
export const rotated = (
  data: Dataset,
  angles: Angles,
  seed: number,
  interpolation: Interpolation = 'bilinear',
): readonly Distribution[] =>
  anglesOf(angles, seed).map((degrees): Distribution => {
    const name = `rotated ${Math.floor(degrees * 10 + 0.5) / 10}`
    const of = ({ size, pixels, labels }: Rows) => ({
      size,
      make: () => ({ pixels: rotate(pixels, data, degrees, interpolation), labels }),
    })
    return { name, classes: data.classes, of }
  })
