/**
 * A low-rank Gaussian for every class, fitted in closed form at each boundary: scores are log densities, every class as probable. The
 * rows of the finished experience are gone through once; what is kept of a class is its mean, `rank` directions with their variances, and one
 * variance for all others. The scatter of its rows, [width, width], is working memory. Where a class comes again in a later
 * experience, its new rows are joined with what was kept of the old.
 */
import type * as t from 'io-ts'
import { NEVER } from '../analytic/linear.js'
import { describe, extended, type LowRankGaussian, logDeterminant } from '../analytic/lowRankGaussian.js'
import { addToDiscriminant } from '../analytic/streamingLda.js'
import { triangle } from '../analytic/triangle.js'
import { closed } from '../codec/closed.js'
import { count, positive } from '../codec/number.js'
import { withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { add, column, dot, mul, reshape, slice, square, sub, sum } from '../graph/ops.js'
import { rowsIn, space, widthOf } from './closedForm.js'
import { finished } from './finished.js'
import { plugin } from './plugin.js'
import type { Dims } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of gaussian', {
  /** `input`: rows as they come; `features`: the network's last hidden layer. */
  space,
  /** Directions kept of each class; more than a row has numbers are as many as it has. */
  rank: withDefault(count, 10),
  /** A number: added to the variance in every direction; `estimated`: the mean variance of the directions that are not kept. */
  residual: withDefault(orWord(positive, 'estimated'), 0.05),
  /** Rows per step of the fit. */
  batch: withDefault(count, 128),
})

/** Options of `gaussian`. */
export type GaussianOptions = t.TypeOf<typeof options>

type Gaussian = Uses<{
  rights: 'boundary' | 'experience'
  statistics:
    | 'counts'
    | 'means'
    | 'directions'
    | 'variances'
    | 'residuals'
    | 'newCounts'
    | 'newMeans'
    | 'newScatters'
    | 'spent'
  draws: { finished: 'experience' }
  feeds: 'densities'
  emits: 'rows'
}>

type Kept = Readonly<Record<'counts' | 'means' | 'directions' | 'variances' | 'residuals', Float64Array>>

/** The part of an array of one class. */
const part = (of: Float64Array, c: number, classes: number): Float64Array => {
  const size = of.length / classes
  return of.subarray(c * size, (c + 1) * size)
}

/** What is kept of class `c`; undefined when it was never seen. */
const keptOf = (s: Kept, c: number): LowRankGaussian | undefined => {
  const classes = s.counts.length
  if (s.counts[c] === 0) return undefined
  return {
    count: s.counts[c]!,
    mean: part(s.means, c, classes),
    directions: part(s.directions, c, classes),
    variances: part(s.variances, c, classes),
    residual: s.residuals[c]!,
  }
}

/** Numbers of the feed: scaled directions and their products with the means; means; 1/(2 a) and a constant for each class. */
const partsOf = (classes: number, width: number, rank: number) => {
  const directions = 0
  const shifts = directions + classes * rank * width
  const means = shifts + classes * rank
  const halves = means + classes * width
  const constants = halves + classes
  return { directions, shifts, means, halves, constants, size: constants + classes }
}

/**
 * log p(x) = |U (x - mean)|² / 2 - |x - mean|² / (2 a) - log det / 2, where the rows of U are directions times √(1/a - 1/variance).
 * A class that was never seen: zeros, and a constant below every score.
 */
const packedDensities = (s: Kept): Float32Array => {
  const classes = s.counts.length
  const width = s.means.length / classes
  const rank = s.variances.length / classes
  const at = partsOf(classes, width, rank)
  const out = new Float32Array(at.size)
  for (let c = 0; c < classes; c++) {
    const g = keptOf(s, c)
    out[at.constants + c] = NEVER
    if (g === undefined) continue
    out.set(g.mean, at.means + c * width)
    out[at.halves + c] = 0.5 / g.residual
    out[at.constants + c] = -logDeterminant(g) / 2 - (0.5 / g.residual) * g.mean.reduce((sum, v) => sum + v * v, 0)
    g.variances.forEach((variance, r) => {
      const scale = Math.sqrt(Math.max(0, 1 / g.residual - 1 / variance))
      const u = part(g.directions, r, rank).map((v) => scale * v)
      out.set(u, at.directions + (c * rank + r) * width)
      out[at.shifts + c * rank + r] = u.reduce((sum, v, k) => sum + v * g.mean[k]!, 0)
    })
  }
  return out
}

/** Scores [n, classes] of rows [n, width]. */
const densities = (rows: Expr, feed: Expr, classes: number, rank: number): Expr => {
  const [n = 0, width = 0] = rows.shape
  const at = partsOf(classes, width, rank)
  const along = sub(
    dot(rows, slice(feed, at.directions, [classes * rank, width]), { tb: true }),
    slice(feed, at.shifts, [classes * rank]),
  )
  const explained = reshape(sum(square(reshape(along, [n * classes, rank])), 1), [n, classes])
  const products = dot(rows, slice(feed, at.means, [classes, width]), { tb: true })
  const distance = sub(column(sum(square(rows), 1)), mul(2, products))
  return add(
    mul(0.5, explained),
    sub(slice(feed, at.constants, [classes]), mul(distance, slice(feed, at.halves, [classes]))),
  )
}

/** The per-class Gaussian as a strategy. The parameters stay as they were drawn. */
export const gaussian = (o: GaussianOptions): Strategy<Gaussian> => {
  const width = (d: Dims<Gaussian>): number => widthOf(o.space, d)
  const rank = (d: Dims<Gaussian>): number => Math.min(o.rank, width(d))
  const { steps, draw } = finished({ rows: 'all', batch: o.batch })
  return {
    name: 'gaussian',
    rights: { boundary: true, experience: true },
    loss: null,
    statistics: {
      counts: { shape: (d) => [d.outputs] },
      means: { shape: (d) => [d.outputs, width(d)] },
      directions: { shape: (d) => [d.outputs, rank(d), width(d)] },
      variances: { shape: (d) => [d.outputs, rank(d)] },
      residuals: { shape: (d) => [d.outputs] },
      newCounts: { shape: (d) => [d.outputs] },
      newMeans: { shape: (d) => [d.outputs, width(d)] },
      newScatters: { shape: (d) => [d.outputs, triangle(width(d))] },
      spent: { shape: () => [] },
    },
    feeds: {
      densities: {
        shape: (d) => [partsOf(d.outputs, width(d), rank(d)).size],
        from: ({ statistics }) => packedDensities(statistics),
        // every direction is scaled, and meets its mean
        macs: ({ statistics }) => 2 * statistics.directions.length,
      },
    },
    predict: (c) => densities(rowsIn(o.space, c, c.x), c.feeds.densities, c.dims.outputs, rank(c.dims)),
    phases: [
      {
        name: 'scatter',
        when: { on: 'boundary' },
        fresh: ['newCounts', 'newMeans', 'newScatters', 'spent'],
        steps,
        draws: { finished: draw },
        commit: (c) => {
          const rows = c.batches.finished
          return rows === undefined ? {} : { emits: { rows: rowsIn(o.space, c, rows.x) } }
        },
        accumulate: (s, { drawn, emits }) => {
          const classes = s.counts.length
          const numbers = s.means.length / classes
          const { labels } = drawn.finished ?? { labels: new Int32Array(0) }
          for (const c of new Set(labels)) {
            const own = [...labels.keys()].filter((row) => labels[row] === c)
            const values = new Float64Array(own.length * numbers)
            own.forEach((row, i) =>
              values.set(emits.rows?.subarray(row * numbers, (row + 1) * numbers) ?? [], i * numbers),
            )
            addToDiscriminant(
              {
                counts: part(s.newCounts, c, classes),
                means: part(s.newMeans, c, classes),
                scatter: part(s.newScatters, c, classes),
              },
              { width: numbers, values, labels: new Int32Array(own.length) },
              'exact',
            )
          }
        },
        hostMacs: ({ drawn, statistics: s }) => (drawn.finished?.size ?? 0) * (s.newScatters.length / s.counts.length),
      },
      {
        name: 'describe',
        when: { on: 'boundary' },
        steps: 1,
        accumulate: (s) => {
          const classes = s.counts.length
          const kept = s.variances.length / classes
          for (let c = 0; c < classes; c++) {
            if (s.newCounts[c] === 0) continue
            const fresh = {
              count: s.newCounts[c]!,
              mean: part(s.newMeans, c, classes),
              scatter: part(s.newScatters, c, classes),
            }
            const old = keptOf(s, c)
            const { gaussian: g, macs } =
              old === undefined
                ? describe(fresh.count, fresh.mean, fresh.scatter, kept, o.residual)
                : extended(old, fresh, kept, o.residual)
            s.counts[c] = g.count
            part(s.means, c, classes).set(g.mean)
            part(s.directions, c, classes).set(g.directions)
            part(s.variances, c, classes).set(g.variances)
            s.residuals[c] = g.residual
            s.spent[0]! += macs
          }
        },
        hostMacs: ({ statistics }) => statistics.spent[0]!,
      },
    ],
  }
}

/** The plugin `gaussian`. */
export const gaussianPlugin = plugin({
  name: 'gaussian',
  sources: [
    {
      paper: 'Tipping & Bishop 1999',
      equation: '7, 8',
      variant: 'residual: estimated; one model per class, with equal priors, as a classifier',
    },
    {
      paper: 'van de Ven, Li & Tolias 2021',
      equation: '-',
      variant:
        'the comparison: a generative classifier per class, here a Gaussian in place of a variational auto-encoder',
    },
  ],
  options,
  make: (o) => [gaussian(o)],
})
