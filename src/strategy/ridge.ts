/**
 * Ridge regression of one-hot labels on random features max(0, x W): the same read-out as learning all rows together, whatever the order.
 */
import type * as t from 'io-ts'
import { NEVER, type Linear } from '../analytic/linear.js'
import { addToMoments, addToRecursion, ridge as solved } from '../analytic/ridge.js'
import { triangle } from '../analytic/triangle.js'
import { closed } from '../codec/closed.js'
import { count, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { dot, relu } from '../graph/ops.js'
import type { Expr } from '../graph/expr.js'
import { normals } from '../random/normals.js'
import { firstRows, firsts, packed, packedSize, readOut, rowsIn, space, widthOf } from './closedForm.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of ridge', {
  /** What the random features are of. `input`: rows as they come; `features`: the network's last hidden layer. */
  space,
  /** Random features: columns of W, each of standard normal numbers. */
  features: withDefault(count, 1000),
  /** Weight of the squared read-out, beside the sum of squared errors over rows. */
  lambda: withDefault(positive, 1),
  /** `batch`: sums are kept and solved at every measurement; `recursive`: the solution itself is kept, row by row. */
  form: withDefault(oneOf(['batch', 'recursive']), 'batch'),
})

/** Options of `ridge`. */
export type RidgeOptions = t.TypeOf<typeof options>

/** `square`: sums of products of features, or the inverse of them; `linear`: by label, or the read-out. */
type Ridge = Uses<{
  tensors: 'random'
  statistics: 'square' | 'linear' | 'counts'
  feeds: 'readOut'
  emits: 'rows'
}>

type Kept = Readonly<Record<'square' | 'linear' | 'counts', Float64Array>>

/** Ridge regression as a strategy. The parameters stay as they were drawn. */
export const ridge = (o: RidgeOptions): Strategy<Ridge> => {
  const solution = ({ square, linear, counts }: Kept): Linear => ({
    weights: o.form === 'batch' ? solved({ gram: square, products: linear }, o.features, o.lambda) : linear,
    biases: counts.map((n) => (n > 0 ? 0 : NEVER)),
  })
  const features = (c: Parameters<typeof rowsIn>[1] & { readonly tensors: { readonly random: Expr } }, x: Expr): Expr =>
    relu(dot(rowsIn(o.space, c, x), c.tensors.random))
  return {
    name: 'ridge',
    rights: {},
    loss: null,
    tensors: {
      random: {
        shape: (d) => [widthOf(o.space, d), o.features],
        init: (key, d) => normals(key, widthOf(o.space, d) * o.features),
      },
    },
    statistics: {
      square: { shape: () => [triangle(o.features)] },
      linear: { shape: (d) => [d.outputs, o.features] },
      counts: { shape: (d) => [d.outputs] },
    },
    commit: (c) => ({ emits: { rows: features(c, c.batch.x) } }),
    accumulate: ({ square, linear, counts }, seen) => {
      const rows = firstRows(seen, o.features)
      for (const label of rows.labels) counts[label]! += 1
      if (o.form === 'batch') addToMoments({ gram: square, products: linear }, rows)
      else addToRecursion({ inverse: square, weights: linear }, rows, o.lambda)
    },
    hostMacs: ({ incoming, statistics: s }) => {
      const n = firsts(incoming)
      const products = n * s.square.length
      return o.form === 'batch'
        ? products
        : Math.round(
            products + n * o.features * (o.features + n + 2 * s.counts.length) + n * n * (n / 6 + s.counts.length),
          )
    },
    feeds: {
      readOut: {
        shape: (d) => [packedSize(d.outputs, o.features)],
        from: ({ statistics }) => packed(solution(statistics)),
        macs: ({ statistics: s }) =>
          o.form === 'batch' ? Math.round(o.features * o.features * (o.features / 6 + s.counts.length)) : 0,
      },
    },
    predict: (c) => readOut(features(c, c.x), c.feeds.readOut, c.dims.outputs, o.features),
  }
}

/** The plugin `ridge`. */
export const ridgePlugin = plugin({
  name: 'ridge',
  sources: [
    {
      paper: 'McDonnell et al. 2023 (RanPAC)',
      equation: '-',
      variant: 'form: batch; on pixels instead of a pretrained network, lambda given instead of found on held-out rows',
    },
    { paper: 'Zhuang et al. 2022 (ACIL)', equation: '9-12', variant: 'form: recursive, by batches of rows' },
  ],
  options,
  make: (o) => [ridge(o)],
})
