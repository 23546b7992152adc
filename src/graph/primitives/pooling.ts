/** Windows of a pooling: `size` × `size` entries, side by side without overlap; left-over rows and columns belong to none. */
import { integers } from '../../random/draw.js'
import type { Key } from '../../random/key.js'
import type { Expr } from '../expr.js'
import { assertShape, type Shape } from '../shape.js'

/** Shape of an image `[n, height, width, channels]` after pooling. Throws when no window fits. */
export const pooledShape = (operation: string, shape: Shape, size: number): Shape => {
  const [n, height, width, channels] = shape
  const fits = Number.isInteger(size) && size >= 1 && size <= (height ?? 0) && size <= (width ?? 0)
  assertShape(
    shape.length === 4 && fits,
    operation,
    `images [n, height, width, channels] that hold a window of ${size} × ${size}`,
    shape,
  )
  return [n!, Math.floor(height! / size), Math.floor(width! / size), channels!]
}

/** The window size of a pooling node. */
export const windowOf = (e: Expr): number => Number(e.attrs.size)

/** Visits every window and channel: `to` is the element of the pooled image, `entries` those of the image in (ky, kx) order. */
export const eachWindow = (
  shape: Shape,
  size: number,
  visit: (to: number, entries: readonly number[]) => void,
): void => {
  const [n, rows, columns, channels] = pooledShape('pool', shape, size)
  const [height, width] = [shape[1]!, shape[2]!]
  let to = 0
  for (let i = 0; i < n!; i++)
    for (let y = 0; y < rows!; y++)
      for (let x = 0; x < columns!; x++)
        for (let channel = 0; channel < channels!; channel++) {
          const entries: number[] = []
          for (let ky = 0; ky < size; ky++)
            for (let kx = 0; kx < size; kx++)
              entries.push(((i * height + y * size + ky) * width + x * size + kx) * channels! + channel)
          visit(to++, entries)
        }
}

/** A small image with left-over rows or columns now and then, and a window size that fits: for the laws. */
export const samplePool = (key: Key): { readonly shape: Shape; readonly size: number } => {
  const [size = 0, n = 0, rows = 0, columns = 0, channels = 0] = integers(key, 5, 6)
  const window = 1 + (size % 3)
  return { shape: [1 + (n % 2), window + (rows % 4), window + (columns % 4), 1 + channels], size: window }
}
