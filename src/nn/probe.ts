/**
 * Probes: what happens inside a network, as scalars of the graph that any step can emit. A unit is an entry of the last axis: a unit of a
 * dense layer, a channel of images, a unit of a recurrent layer at every step. Rows of weight 0 do not count, whatever they hold;
 * a NaN anywhere else makes the statistic that it belongs to NaN.
 */
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import {
  abs,
  broadcast,
  column,
  div,
  flush,
  literal,
  maxLast,
  mul,
  reshape,
  selectEqual,
  selectGreater,
  slice,
  sqrt,
  square,
  sub,
  sum,
} from '../graph/ops.js'
import { squareFloor } from '../graph/primitives/flush.js'
import { columnsOf, rowsOf } from '../graph/shape.js'
import type { Output } from './network.js'

/** What a layer does on a batch. Scalars. */
export interface ActivationStatistics {
  /** As in `Activation`. */
  readonly name: string
  /** Of all values of real rows. */
  readonly mean: Expr
  /** The root of the mean square around it. */
  readonly deviation: Expr
  /** Share of values that are 0. */
  readonly zeros: Expr
  /** Share of units that are 0 in every real row. */
  readonly dead: Expr
  /**
   * `(1 − (Σ|a|)²/(u Σa²)) / (1 − 1/u)` over the u units of a row, averaged over the rows that are not all 0 (NaN where there is
   * none, or one unit only): 0 where all units are equally large, 1 where one is active alone. Vinje & Gallant 2000 (Science 287), after
   * Treves & Rolls 1991, with magnitudes.
   */
  readonly sparsity: Expr
}

/** The gradient of one layer. */
export interface GradientNorm {
  /** Prefix of the layer's tensors, `dense0`. */
  readonly name: string
  /** Euclidean length, a scalar. Entries below 1e-18 of the largest count as 0. */
  readonly norm: Expr
}

/**
 * Statistics of every hidden layer of a pass, in the order of `activations`. `weights` `[n]` as in `Mode`; with none above 0, everything is NaN.
 */
export const activationStatistics = (
  { activations }: Pick<Output, 'activations'>,
  weights?: Expr,
): readonly ActivationStatistics[] => activations.map(({ name, value }) => ({ name, ...statisticsOf(value, weights) }))

const statisticsOf = (value: Expr, weights: Expr | undefined): Omit<ActivationStatistics, 'name'> => {
  const [rows, units] = [rowsOf(value.shape), columnsOf(value.shape)]
  const n = value.shape[0] ?? 1
  const real = realRows(weights, n, rows)
  const counts = (v: Expr): Expr => (real === undefined ? v : selectGreater(column(real), 0, v, 0))
  const x = counts(reshape(value, [rows, units]))
  const count = real === undefined ? literal(rows) : sum(selectGreater(real, 0, 1, 0))
  const values = mul(count, units)
  const mean = div(sum(x), values)
  const variance = div(sum(square(counts(sub(x, mean)))), values)
  const isZero = selectEqual(x, x, selectEqual(x, 0, 1, 0), x)
  const active = sum(counts(selectEqual(x, x, selectEqual(x, 0, 0, 1), x)), 'leading')
  const dead = div(sum(selectEqual(active, active, selectEqual(active, 0, 1, 0), active)), units)
  // a batch without real rows says nothing about units
  const known = (e: Expr): Expr => selectGreater(count, 0, e, Number.NaN)
  return {
    mean,
    deviation: sqrt(variance),
    zeros: div(sum(counts(isZero)), values),
    dead: known(dead),
    sparsity: sparsityOf(x, units),
  }
}

const sparsityOf = (x: Expr, units: number): Expr => {
  const size = abs(x)
  const largest = maxLast(size)
  // relative to the largest of the row, so that no square over- or underflows
  const relative = div(size, column(selectGreater(largest, 0, largest, 1)))
  const flushed = flush(relative, squareFloor)
  const total = sum(flushed, 'last')
  const squares = sum(square(flushed), 'last')
  const counts = selectEqual(squares, 0, 0, 1)
  const share = div(square(total), mul(units, selectEqual(squares, 0, 1, squares)))
  const each = selectEqual(squares, 0, 0, sub(1, share))
  return div(div(sum(each), sum(counts)), 1 - 1 / units)
}

/** One weight per row of the matrix that a tensor `[n, ..., units]` is; undefined: all rows are real. */
const realRows = (weights: Expr | undefined, n: number, rows: number): Expr | undefined => {
  if (weights === undefined || rows === n) return weights
  return reshape(broadcast(column(weights), [n, rows / n]), [rows])
}

/** The length of the gradient `[layout.size]` in each layer, first layer first. */
export const gradientNorms = ({ entries }: Layout, gradient: Expr): readonly GradientNorm[] => {
  const layers: { name: string; at: number; size: number }[] = []
  for (const { name, offset, size } of entries) {
    const layer = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name
    const last = layers.at(-1)
    if (last?.name === layer) last.size += size
    else layers.push({ name: layer, at: offset, size })
  }
  return layers.map(({ name, at, size }) => ({ name, norm: length(slice(gradient, at, [1, size])) }))
}

const length = (v: Expr): Expr => {
  const largest = reshape(maxLast(abs(v)), [])
  const unit = selectGreater(largest, 0, largest, 1)
  return mul(unit, sqrt(sum(square(flush(div(v, unit), squareFloor)))))
}
