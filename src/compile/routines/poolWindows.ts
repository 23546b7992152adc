/** The loops that poolings share: over images, windows and channels. */
import { columnsOf, type Shape, sizeOf } from '../../graph/shape.js'
import type { Part } from '../gemm/split.js'
import { clear } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'
import { emitColumns } from './columns.js'

/** One window and the channels of one vector; `image` and `pooled` hold byte offsets, `part.offset` is to be added to both. */
export interface Cell {
  readonly part: Part
  readonly image: Local
  readonly pooled: Local
  /** Emits `visit` for every entry of the window in (ky, kx) order, the first one perhaps left out; `at` is a byte offset. */
  readonly entries: (skipFirst: boolean, visit: (from: Local, at: number) => void) => void
}

/** Up to here the entries of a window are unrolled. */
const unrolled = 16

/** Emits `cell` for the windows of an image of `shape`, in memory order of the pooled image. */
export const emitWindows = (f: FunctionBody, shape: Shape, size: number, cell: (c: Cell) => void): void => {
  const [n, height, width] = [shape[0]!, shape[1]!, shape[2]!]
  const channels = columnsOf(shape)
  const pixel = 4 * channels
  const [rows, columns] = [Math.floor(height / size), Math.floor(width / size)]
  const [image, pooled] = [f.local('i32'), f.local('i32')]
  const entries = entriesOf(f, image, size, pixel, width * pixel)
  f.assign(image, 0)
  f.assign(pooled, 0)
  f.forRange(f.local('i32'), 0, n, 1, () => {
    f.forRange(f.local('i32'), 0, rows, 1, () => {
      f.forRange(f.local('i32'), 0, columns, 1, () => {
        emitColumns(f, channels, [image, pooled], (part) => cell({ part, image, pooled, entries: entries(part) }))
        f.increment(image, (size - 1) * pixel)
      })
      f.increment(image, (size * width - size * columns) * pixel)
    })
    f.increment(image, (height - rows * size) * width * pixel)
  })
}

const entriesOf =
  (f: FunctionBody, image: Local, size: number, pixel: number, row: number) =>
  (part: Part): Cell['entries'] =>
  (skipFirst, visit) => {
    if (size * size <= unrolled) {
      for (let k = skipFirst ? 1 : 0; k < size * size; k++)
        visit(image, part.offset + Math.floor(k / size) * row + (k % size) * pixel)
      return
    }
    const from = f.local('i32')
    const [ky, kx] = [f.local('i32'), f.local('i32')]
    f.assign(from, image)
    f.forRange(ky, 0, size, 1, () => {
      f.forRange(kx, 0, size, 1, () => {
        visit(from, part.offset)
        f.increment(from, pixel)
      })
      f.increment(from, row - size * pixel)
    })
  }

/** Zeros for the image of `shape` at `to`, when rows or columns are left over that belong to no window. */
export const clearLeftOver = (f: FunctionBody, shape: Shape, size: number, to: number): void => {
  if (shape[1]! % size === 0 && shape[2]! % size === 0) return
  clear(f, to, sizeOf(shape) * 4)
}
