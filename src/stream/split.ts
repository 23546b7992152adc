import type { Rows } from '../data/dataset.js'
import type { Distribution, Part } from './distribution.js'

const ABSENT = 255

/** Rows whose class is among `classes`, in the data set's order; the label is the position in `classes`. */
const only = ({ size, pixels, labels }: Rows, classes: readonly number[]): Part => {
  const positionOf = new Uint8Array(256).fill(ABSENT)
  classes.forEach((c, position) => {
    positionOf[c] = position
  })
  let chosen = 0
  for (let row = 0; row < size; row++) if (positionOf[labels[row]!] !== ABSENT) chosen++
  const make = () => {
    const inputs = pixels.length / size
    const out = { pixels: new Uint8Array(chosen * inputs), labels: new Uint8Array(chosen) }
    let at = 0
    for (let row = 0; row < size; row++) {
      const position = positionOf[labels[row]!]!
      if (position === ABSENT) continue
      out.pixels.set(pixels.subarray(row * inputs, (row + 1) * inputs), at * inputs)
      out.labels[at++] = position
    }
    return out
  }
  return { size: chosen, make }
}

/** One context for each `classesPerContext` consecutive classes of `order`; within a context, labels follow the order. */
export const split = (order: readonly number[], classesPerContext: number): readonly Distribution[] =>
  Array.from({ length: Math.floor(order.length / classesPerContext) }, (_, i): Distribution => {
    const classes = order.slice(i * classesPerContext, (i + 1) * classesPerContext)
    return { name: `{${classes.join(',')}}`, classes: classes.length, of: (rows) => only(rows, classes) }
  })
