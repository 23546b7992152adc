/** Nearest class mean: a floor that anything which learns must pass, in `outputs` times `width` numbers. */
import type * as t from 'io-ts'
import { addToSums, meansOf, nearestMean } from '../analytic/classMeans.js'
import { closed } from '../codec/closed.js'
import { firstRows, packed, packedSize, readOut, rowsIn, space, widthOf } from './closedForm.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of ncm', {
  /** `input`: means of the rows as they come; `features`: of the network's last hidden layer. */
  space,
})

/** Options of `ncm`. */
export type NcmOptions = t.TypeOf<typeof options>

type Ncm = Uses<{ statistics: 'sums' | 'counts'; feeds: 'readOut'; emits: 'rows' }>

/** Nearest class mean as a strategy. The parameters stay as they were drawn. */
export const ncm = (o: NcmOptions): Strategy<Ncm> => ({
  name: 'ncm',
  rights: {},
  loss: null,
  statistics: {
    sums: { shape: (d) => [d.outputs, widthOf(o.space, d)] },
    counts: { shape: (d) => [d.outputs] },
  },
  commit: (c) => ({ emits: { rows: rowsIn(o.space, c, c.batch.x) } }),
  accumulate: (s, seen) => addToSums(s, firstRows(seen, s.sums.length / s.counts.length)),
  feeds: {
    readOut: {
      shape: (d) => [packedSize(d.outputs, widthOf(o.space, d))],
      from: ({ statistics: s }) => packed(nearestMean(meansOf(s), s.counts)),
      // the squares of the means
      macs: ({ statistics: s }) => s.sums.length,
    },
  },
  predict: (c) => readOut(rowsIn(o.space, c, c.x), c.feeds.readOut, c.dims.outputs, widthOf(o.space, c.dims)),
})

/** The plugin `ncm`. */
export const ncmPlugin = plugin({
  name: 'ncm',
  sources: [
    {
      paper: 'Mensink et al. 2013',
      equation: '1',
      variant: 'Euclidean distance, no learned metric; each row counts once',
    },
  ],
  options,
  make: (o) => [ncm(o)],
})
