/**
 * Random crops: an image is framed by `padding` pixels of 0 on each side, and a window of its own size is cut out at a place drawn for
 * each row. A place is a one-hot row, so that the window is a sum of products that moves values and rounds none.
 */
import type { Expr } from '../graph/expr.js'
import { add, joinLast, mul, reshape, slice, sliceLast, zeros } from '../graph/ops.js'
import { integers } from '../random/draw.js'
import type { Key } from '../random/key.js'

/** Where a window may begin along one axis of the framed image. */
export const cropPlaces = (padding: number): number => 2 * padding + 1

/** A place for each of `n` rows, all equally likely: one-hot, [n, `cropPlaces(padding)`], row by row. */
export const drawnCrops = (key: Key, n: number, padding: number): Float32Array => {
  const places = cropPlaces(padding)
  const crops = new Float32Array(n * places)
  integers(key, n, places).forEach((place, row) => {
    crops[row * places + place] = 1
  })
  return crops
}

/** Windows along the last axis, which moves by `stride` numbers from place to place: `[n, ..., columns]` → the same, as `[n, inputs]`. */
const windows = (x: Expr, crops: Expr, stride: number, inputs: number): Expr => {
  const [n = 1, columns = 1] = [x.shape[0], x.shape.at(-1)]
  const [drawn = 1, places = 1] = crops.shape
  const own = drawn === n ? crops : slice(crops, 0, [n, places])
  const frame = zeros([...x.shape.slice(0, -1), ((places - 1) / 2) * stride])
  const framed = joinLast([frame, x, frame])
  const [first, ...others] = Array.from({ length: places }, (_, place) =>
    mul(sliceLast(own, place, 1), reshape(sliceLast(framed, place * stride, columns), [n, inputs])),
  )
  return first === undefined ? x : add(first, ...others)
}

/**
 * The window of each row. One place: `x` itself.
 * @shape x: [n, height · width]; down, across: [n or more, places], one-hot → [n, height · width]
 */
export const cropped = (
  x: Expr,
  { down, across }: { readonly down: Expr; readonly across: Expr },
  { height, width }: { readonly height: number; readonly width: number },
): Expr => {
  if (down.shape[1] === 1) return x
  const [n = 1, inputs = 1] = x.shape
  return windows(reshape(windows(x, down, width, inputs), [n, height, width]), across, 1, inputs)
}
