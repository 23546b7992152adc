/** Labelled rows of grid numbers, and ways to hand them over in parts. */
import fc from 'fast-check'
import type { Labelled } from '../../src/analytic/classMeans.js'

/** Numbers in [-4, 4] that f32 and f64 hold exactly. */
export const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024)

/** Classes of the rows below. */
export const classes = 3

/** Up to 24 rows of `width` numbers, with labels below `classes`. */
export const labelledRows = (width: number): fc.Arbitrary<Labelled> =>
  fc
    .array(fc.tuple(fc.nat(classes - 1), fc.array(grid, { minLength: width, maxLength: width })), {
      minLength: 1,
      maxLength: 24,
    })
    .map((rows) => ({
      width,
      values: Float64Array.from(rows.flatMap(([, x]) => x)),
      labels: Int32Array.from(rows, ([label]) => label),
    }))

/** The rows `order` names, in that order. */
export const picked = ({ width, values, labels }: Labelled, order: readonly number[]): Labelled => ({
  width,
  values: Float64Array.from(order.flatMap((row) => [...values.subarray(row * width, (row + 1) * width)])),
  labels: Int32Array.from(order, (row) => labels[row]!),
})

/** Rows, and the same rows in another order and cut into batches, some of them empty. */
export const handedOver = (width: number) =>
  labelledRows(width).chain((rows) => {
    const all = [...rows.labels.keys()]
    return fc.record({
      rows: fc.constant(rows),
      order: fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
      cuts: fc.array(fc.nat(all.length), { maxLength: 6 }),
    })
  })

/** The batches that `cuts` makes of rows in some order. */
export const batches = (rows: Labelled, order: readonly number[], cuts: readonly number[]): readonly Labelled[] => {
  const ends = [...cuts, order.length].sort((a, b) => a - b)
  return ends.map((end, i) => picked(rows, order.slice(i === 0 ? 0 : ends[i - 1], end)))
}

/** The largest difference, relative to the largest wanted number, or absolute when that is below 1. */
export const apart = (found: ArrayLike<number>, wanted: ArrayLike<number>): number => {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY
  const scale = Array.from(wanted).reduce((a, b) => Math.max(a, Math.abs(b)), 1)
  return Array.from(found).reduce((worst, x, i) => Math.max(worst, Math.abs(x - wanted[i]!)), 0) / scale
}
