/** Images inside a border of zeros: kernels then read windows without asking where the image ends. */
import { type Bordered, placeOf } from '../../graph/primitives/convolveForm.js'
import { plus } from '../operand.js'
import type { FunctionBody, Local } from '../wasmFunction.js'
import { copyValues } from '../vector.js'

/** Whether windows may be read from the image itself. */
export const needsBorder = ({ height, width, top, left, spread, outer }: Bordered): boolean =>
  top !== 0 || left !== 0 || spread !== 1 || outer[0] > height || outer[1] > width

/** Pixels from one row of what the kernels read to the next. */
export const pitchOf = (image: Bordered): number => (needsBorder(image) ? image.outer[1] : image.width)

/** Bytes of an image with its border; 0 when it is read in place. */
export const borderBytes = (image: Bordered): number =>
  needsBorder(image) ? image.outer[0] * image.outer[1] * image.channels * 4 : 0

/** Pixels of one axis that lie within the border: the first of them, how many, and the place of the first. */
const within = (count: number, first: number, spread: number, outer: number) => {
  const inside = Array.from({ length: count }, (_, i) => i).filter(
    (i) => placeOf(i, first, spread, outer) !== undefined,
  )
  const start = inside[0] ?? 0
  return { start, count: inside.length, at: first + start * spread }
}

/** Copies the image at `from` to its places inside the border at `to`; the border itself is left alone. */
export const emitInside = (f: FunctionBody, image: Bordered, from: Local, to: number): void => {
  const { channels, spread, outer } = image
  const rows = within(image.height, image.top, spread, outer[0])
  const columns = within(image.width, image.left, spread, outer[1])
  if (rows.count === 0 || columns.count === 0) return
  const pixel = 4 * channels
  const source = f.local('i32')
  const target = f.local('i32')
  const end = f.local('i32')
  f.assign(source, plus(f, from, (rows.start * image.width + columns.start) * pixel))
  f.assign(target, to + (rows.at * outer[1] + columns.at) * pixel)
  f.assign(end, plus(f, source, rows.count * image.width * pixel))
  f.forRange(source, source, end, image.width * pixel, () => {
    if (spread === 1) copyValues(f, source, target, columns.count * channels)
    else {
      const one = f.local('i32')
      const place = f.local('i32')
      const last = f.local('i32')
      f.assign(place, target)
      f.assign(last, plus(f, source, columns.count * pixel))
      f.forRange(one, source, last, pixel, () => {
        copyValues(f, one, place, channels)
        f.increment(place, spread * pixel)
      })
    }
    f.increment(target, spread * outer[1] * pixel)
  })
}
