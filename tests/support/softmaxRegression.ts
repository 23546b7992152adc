/** Softmax regression on a tiny stream, written out in f64: parameters are a weight [inputs, outputs] and a bias [outputs]. */
import type { Stream } from '../../src/stream/stream.js'

/** Row by row: pixels in [0, 1] and a 1 for the bias, and the label. */
export interface RegressionRow {
  readonly x: readonly number[]
  readonly y: number
}

/** Rows of an experience. */
export const rowsOf = (stream: Stream, experience: number): readonly RegressionRow[] => {
  const rows = stream.experiences[experience]?.load()
  if (rows === undefined) throw new Error(`no experience ${experience}`)
  const { inputs, scale } = stream
  return Array.from({ length: rows.size }, (_, i) => ({
    x: [...rows.pixels.subarray(i * inputs, (i + 1) * inputs)].map((p) => p / scale).concat(1),
    y: rows.labels[i] ?? 0,
  }))
}

/** Probabilities of the outputs for a row. */
const probabilities = (theta: readonly number[], x: readonly number[]): readonly number[] => {
  const outputs = theta.length / x.length
  const e = Array.from({ length: outputs }, (_, k) =>
    Math.exp(x.reduce((z, xi, i) => z + xi * (theta[i * outputs + k] ?? 0), 0)),
  )
  const sum = e.reduce((a, b) => a + b, 0)
  return e.map((v) => v / sum)
}

/** Mean cross-entropy over rows, nats. */
export const lossOf = (theta: readonly number[], rows: readonly RegressionRow[]): number =>
  rows.reduce((sum, { x, y }) => sum - Math.log(probabilities(theta, x)[y] ?? 0), 0) / rows.length

/** Its gradient. */
export const gradientOf = (theta: readonly number[], rows: readonly RegressionRow[]): readonly number[] => {
  const total = theta.map(() => 0)
  for (const { x, y } of rows) {
    const p = probabilities(theta, x)
    x.forEach((xi, i) => {
      p.forEach((pk, k) => {
        const at = i * p.length + k
        total[at] = (total[at] ?? 0) + (xi * (pk - (k === y ? 1 : 0))) / rows.length
      })
    })
  }
  return total
}
