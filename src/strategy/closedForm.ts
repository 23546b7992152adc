/**
 * What learners in closed form share: each row counts once, at its first presentation, whatever the number of passes; the wake trains no
 * parameter; sums are kept in f64 on the host, and scores are a linear read-out that is solved when accuracy is measured.
 */
import type { Labelled } from '../analytic/classMeans.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Linear } from '../analytic/linear.js'
import type { Expr } from '../graph/expr.js'
import { add, dot, slice } from '../graph/ops.js'
import type { Network } from '../nn/network.js'

/** `input`: rows as they come; `features`: the last hidden layer of the network, which stays as it was drawn unless others train it. */
export const space = withDefault(oneOf(['input', 'features']), 'input')

/** One of them. */
export type Space = 'input' | 'features'

/** Numbers per row. */
export const widthOf = (of: Space, dims: { readonly inputs: number; readonly features: number }): number =>
  of === 'input' ? dims.inputs : dims.features

/** Rows `x` [n, inputs] as they are learned: [n, width]. */
export const rowsIn = (of: Space, c: { readonly network: Network; readonly params: Expr }, x: Expr): Expr =>
  of === 'input' ? x : c.network.apply(c.params, x).features

interface Presented {
  readonly incoming: { readonly labels: Int32Array; readonly first: Uint8Array }
  readonly emits: { readonly rows?: Float32Array }
}

/** The rows of a step that are presented for the first time, of `width` numbers each. */
export const firstRows = ({ incoming, emits }: Presented, width: number): Labelled => {
  const { rows } = emits
  if (rows === undefined) throw new Error('no rows were handed over')
  const values = new Float64Array(width * firsts(incoming))
  let at = 0
  incoming.first.forEach((first, row) => {
    if (first === 1) values.set(rows.subarray(row * width, (row + 1) * width), width * at++)
  })
  return { width, values, labels: incoming.labels.filter((_, row) => incoming.first[row] === 1) }
}

/** How many they are. */
export const firsts = ({ first }: { readonly first: Uint8Array }): number => first.reduce((a, b) => a + b, 0)

/** A linear read-out as one feed: the weights, row by row, then the biases. */
export const packed = ({ weights, biases }: Linear): Float32Array => Float32Array.from([...weights, ...biases])

/** Length of such a feed. */
export const packedSize = (outputs: number, width: number): number => outputs * (width + 1)

/** Scores [n, outputs] of rows [n, width] by a read-out that was fed. */
export const readOut = (rows: Expr, feed: Expr, outputs: number, width: number): Expr =>
  add(dot(rows, slice(feed, 0, [outputs, width]), { tb: true }), slice(feed, outputs * width, [outputs]))
