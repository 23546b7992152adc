/** Streaming linear discriminant analysis: running class means and one covariance for all classes, in closed form. */
import type * as t from 'io-ts'
import { addToDiscriminant, discriminate } from '../analytic/streamingLda.js'
import { triangle } from '../analytic/triangle.js'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { fraction } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { firstRows, firsts, packed, packedSize, readOut, rowsIn, space, widthOf } from './closedForm.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const fields = closed('options of slda', {
  /** `input`: rows as they come; `features`: the network's last hidden layer. */
  space,
  /** The covariance is mixed with so much of the identity: (1 - shrinkage) covariance + shrinkage I. */
  shrinkage: withDefault(fraction, 1e-4),
  /**
   * What a row adds to the covariance. `exact`: what makes it the covariance within classes, in every order of the rows; `published`: as
   * the paper and its code, where the first row of a class counts with all of its length.
   */
  covariance: withDefault(oneOf(['exact', 'published']), 'exact'),
})

/** Without shrinkage, pixels that never change make the covariance singular. */
const options = checked(fields, (o) => (o.shrinkage > 0 ? [] : [{ at: ['shrinkage'], expected: 'a number > 0' }]))

/** Options of `slda`. */
export type SldaOptions = t.TypeOf<typeof options>

type Slda = Uses<{ statistics: 'means' | 'counts' | 'scatter'; feeds: 'readOut'; emits: 'rows' }>

/** Streaming LDA as a strategy. The parameters stay as they were drawn. */
export const slda = (o: SldaOptions): Strategy<Slda> => ({
  name: 'slda',
  rights: {},
  loss: null,
  statistics: {
    means: { shape: (d) => [d.outputs, widthOf(o.space, d)] },
    counts: { shape: (d) => [d.outputs] },
    scatter: { shape: (d) => [triangle(widthOf(o.space, d))] },
  },
  commit: (c) => ({ emits: { rows: rowsIn(o.space, c, c.batch.x) } }),
  accumulate: (s, seen) => addToDiscriminant(s, firstRows(seen, s.means.length / s.counts.length), o.covariance),
  hostMacs: ({ incoming, statistics: s }) => firsts(incoming) * (s.scatter.length + s.means.length / s.counts.length),
  feeds: {
    readOut: {
      shape: (d) => [packedSize(d.outputs, widthOf(o.space, d))],
      from: ({ statistics: s }) => packed(discriminate(s, o.shrinkage)),
      macs: ({ statistics: s }) => {
        const width = s.means.length / s.counts.length
        return Math.round(width * width * (width / 6 + s.counts.length))
      },
    },
  },
  predict: (c) => readOut(rowsIn(o.space, c, c.x), c.feeds.readOut, c.dims.outputs, widthOf(o.space, c.dims)),
})

/** The plugin `slda`. */
export const sldaPlugin = plugin({
  name: 'slda',
  sources: [
    {
      paper: 'Hayes & Kanan 2020 (deep SLDA)',
      equation: '1-3',
      variant: 'covariance: published; no first experience to start from; each row counts once',
    },
    { paper: 'Welford 1962', equation: '-', variant: 'covariance: exact, the scatter of each class row by row' },
  ],
  options,
  make: (o) => [slda(o)],
})
