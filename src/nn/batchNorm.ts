/** Batch normalisation: Ioffe & Szegedy 2015 (arXiv:1502.03167), algorithms 1 and 2. */
import type { Expr } from '../graph/expr.js'
import {
  add,
  column,
  div,
  flush,
  literal,
  maximum,
  mul,
  reshape,
  selectGreater,
  sqrt,
  square,
  stop,
  sub,
  sum,
} from '../graph/ops.js'
import { assertOptions, fraction, oneOfNames, optional, positive } from '../graph/options.js'
import { momentFloor } from '../graph/primitives/flush.js'
import { assertShape, columnsOf, sizeOf } from '../graph/shape.js'
import type { LayerOf } from './layer.js'
import type { AtBoundary } from './network.js'

/** How a batch is normalised, and what becomes of the running statistics. */
export interface BatchNormalisationOptions {
  /** Added to the variance; 1e-5 when absent. */
  readonly epsilon?: number
  /** Share of a batch in the running statistics: `running ← (1 − m)·running + m·batch`, as PyTorch counts it; 0.1 when absent. */
  readonly momentum?: number
  /** What the running statistics do when a later experience begins. It has no default: it decides what old contexts are evaluated with. */
  readonly statistics: AtBoundary
}

/** Rules of `BatchNormalisationOptions`. */
export const batchNormalisationRules = {
  epsilon: optional(positive),
  momentum: optional(fraction),
  statistics: oneOfNames(['continue', 'reset', 'first']),
} as const

interface Moments {
  readonly mean: Expr
  /** The mean of squares around it (biased). */
  readonly variance: Expr
  /** Values of real rows in each channel. */
  readonly count: Expr
}

/**
 * Mean and variance of each channel over the rows of weight above 0. Values are added up over rows, then over positions, both in f32
 * and in order; rows that do not count are +0 in both sums, so at the end of a batch they change no bit, whatever they hold.
 */
const moments = (x: Expr, weights: Expr | undefined): Moments => {
  const n = x.shape[0] ?? 1
  const channels = columnsOf(x.shape)
  const positions = sizeOf(x.shape) / (n * channels)
  const real = (v: Expr): Expr => {
    const rows = reshape(v, [n, positions * channels])
    return weights === undefined ? rows : selectGreater(column(weights), 0, rows, 0)
  }
  const total = (v: Expr): Expr => {
    const overRows = sum(real(v), 'leading')
    return positions === 1 ? overRows : sum(reshape(overRows, [positions, channels]), 'leading')
  }
  const rows = weights === undefined ? literal(n) : sum(selectGreater(weights, 0, 1, 0))
  const count = mul(rows, positions)
  const divisor = maximum(count, 1)
  const mean = div(total(x), divisor)
  return { mean, variance: div(total(square(sub(x, mean))), divisor), count }
}

const normalised = (x: Expr, mean: Expr, variance: Expr, epsilon: number, gain: Expr, bias: Expr): Expr =>
  add(mul(sub(x, mean), mul(div(1, sqrt(add(variance, epsilon))), gain)), bias)

/**
 * `(x − mean)/√(variance + epsilon)·gain + bias`, for each unit of rows `[units]` or each channel of images
 * `[height, width, channels]`. A training pass takes mean and (biased) variance from the real rows of its batch, and gives back the
 * running ones `mean` and `variance` `[channels]`, from 0 and 1, with the unbiased variance (count − 1), as PyTorch keeps it; an
 * evaluation normalises with those. A batch of one value a channel gives `bias` and counts as variance 0; one without real rows
 * changes no statistic. `gain` starts at 1, `bias` at 0. Keeps the shape. No gradient flows to the running statistics.
 */
export const batchNormalisation = (options: BatchNormalisationOptions): LayerOf => {
  assertOptions('batchNormalisation', options, batchNormalisationRules)
  const { epsilon = 1e-5, momentum = 0.1, statistics } = options
  return (shape) => {
    assertShape(
      shape.length === 1 || shape.length === 3,
      'batchNormalisation',
      'rows [units] or images [height, width, channels]',
      shape,
    )
    const channels = [columnsOf(shape)]
    const filled = (value: number) => () => new Float32Array(columnsOf(shape)).fill(value)
    return {
      kind: 'batchNormalisation',
      parameters: [
        { name: 'gain', shape: channels, initialise: filled(1) },
        { name: 'bias', shape: channels, initialise: filled(0) },
      ],
      kept: [
        { name: 'mean', shape: channels, init: 0, boundary: statistics },
        { name: 'variance', shape: channels, init: 1, boundary: statistics },
      ],
      shape,
      apply: (x, { own, kept, training }) => {
        if (training === undefined)
          return { value: normalised(x, kept('mean'), kept('variance'), epsilon, own('gain'), own('bias')) }
        const { mean, variance, count } = moments(x, training.weights)
        const share = selectGreater(count, 0, momentum, 0)
        const moved = (name: string, to: Expr): Expr =>
          flush(add(mul(sub(1, share), kept(name)), mul(share, stop(to))), momentFloor)
        const unbiased = div(mul(variance, count), maximum(sub(count, 1), 1))
        return {
          value: normalised(x, mean, variance, epsilon, own('gain'), own('bias')),
          kept: { mean: moved('mean', mean), variance: moved('variance', unbiased) },
        }
      },
    }
  }
}
