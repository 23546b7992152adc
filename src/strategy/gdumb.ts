/**
 * GDumb: a yardstick that learns nothing until it is asked. Rows are kept balanced over classes; at every query a network begins anew and
 * is trained on the rows kept alone, and what that costs is counted every time. The stream's loss is not learned.
 * The published code also trains in half precision, and reports the best pass on the test rows: here the last pass counts. It shifts and
 * scales all inputs alike, which changes nothing where batch normalisation follows the first product.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, decay, fraction, fromOne, natural, nonNegative, positive } from '../codec/number.js'
import { keyOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { cos, div, mul, sub } from '../graph/ops.js'
import { createPasses } from '../memory/passes.js'
import { policies } from '../memory/policies.js'
import { chain } from '../optim/chain.js'
import { clipByNorm } from '../optim/clipByNorm.js'
import { l2 } from '../optim/l2.js'
import { momentum } from '../optim/momentum.js'
import type { Optimiser } from '../optim/optimiser.js'
import { sgd } from '../optim/sgd.js'
import { folded, type Key } from '../random/key.js'
import { cropped, cropPlaces, drawnCrops } from './crop.js'
import { keepBy } from './keepBy.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'
import { tooSmall } from './tooSmall.js'

const options = closed('options of gdumb', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** Which rows it keeps, over first presentations. */
  fill: withDefault(keyOf(policies), 'greedy-balanced'),
  /** Shuffled passes over the rows kept, at each query. */
  passes: withDefault(count, 128),
  /** Rows per step; the last of a pass may have fewer. */
  batch: withDefault(count, 16),
  /** Learning rate at the beginning of a period. */
  rate: withDefault(positive, 0.05),
  /** Learning rate that the end of a period comes to. */
  least: withDefault(nonNegative, 0.0005),
  /** Share of `rate` in the first pass, before the first period. 1: no warm-up. */
  warm: withDefault(fraction, 0.1),
  /** Passes of the first period. */
  period: withDefault(count, 1),
  /** Length of each period over the one before. */
  longer: withDefault(fromOne, 2),
  momentum: withDefault(decay, 0.9),
  /** Weight decay, in the gradient. */
  decay: withDefault(nonNegative, 1e-6),
  /** Norm beyond which the gradient is clipped. */
  clip: withDefault(orWord(positive, 'off'), 10),
  /** Pixels of 0 around an image, out of which a window of its size is cut at random for each row of a step. Absent: images as they are. */
  crop: optional(count),
})

/** Options of `gdumb`. */
export type GdumbOptions = t.TypeOf<typeof options>

type Gdumb = Uses<{
  buffers: { memory: never }
  draws: { kept: 'memory' }
  tensors: 'velocity'
  feeds: 'top' | 'fallen' | 'down' | 'across'
  emits: 'rate'
}>

/** Where the learning rate stands in a pass: its highest value, and the part of the period that is over, in [0, 1). */
interface Stand {
  readonly top: number
  readonly fallen: number
}

/** Pass 0 warms up; then periods follow one another. The rate changes from pass to pass, not within one. */
const standIn = ({ rate, warm, period, longer }: GdumbOptions, pass: number): Stand => {
  if (warm < 1 && pass === 0) return { top: warm * rate, fallen: 0 }
  let since = warm < 1 ? pass - 1 : pass
  let length: number = period
  while (since >= length) {
    since -= length
    length *= longer
  }
  return { top: rate, fallen: since / length }
}

const optimiserOf = ({ rate, momentum: mu, decay: strength, clip }: GdumbOptions): Optimiser =>
  chain([...(clip === 'off' ? [] : [clipByNorm({ limit: clip })]), l2({ strength })], momentum({ rate, momentum: mu }))

/** GDumb as a strategy. */
export const gdumb = (o: GdumbOptions): Strategy<Gdumb> => {
  const passes = createPasses('keep')
  const padding = o.crop ?? 0
  const crops = {
    shape: () => [o.batch, cropPlaces(padding)],
    from: ({ key, index }: { readonly key: Key; readonly index: number }) =>
      drawnCrops(folded(key, index), o.batch, padding),
  }
  const optimiser = optimiserOf(o)
  const stepsPerPass = (rows: number): number => Math.ceil(rows / o.batch)
  const stand = (index: number, rows: number): Stand => standIn(o, Math.floor(index / Math.max(1, stepsPerPass(rows))))
  /** The cosine is taken in the graph, which is the same on every machine. */
  const rateNow = ({ top, fallen }: { readonly top: Expr; readonly fallen: Expr }): Expr =>
    sub(top, mul(sub(top, Math.min(o.least, o.rate)), div(sub(1, cos(mul(Math.PI, fallen))), 2)))
  return {
    name: 'gdumb',
    rights: {},
    loss: null,
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    tensors: { velocity: { shape: (d) => [d.layout.size], init: 0 } },
    feeds: {
      top: { shape: () => [], from: ({ index, buffers }) => stand(index, buffers.memory.size).top },
      fallen: { shape: () => [], from: ({ index, buffers }) => stand(index, buffers.memory.size).fallen },
      down: crops,
      across: crops,
    },
    keep: { memory: { from: 'batch', admit: keepBy(policies[o.fill]) } },
    refuse: (facts) => tooSmall('gdumb', o.capacity, facts),
    phases: [
      {
        name: 'retrain',
        when: { on: 'query' },
        network: 'fresh',
        fresh: ['velocity'],
        // the step is made in `commit`, where the rate of the pass is known
        optimiser: sgd({ rate: o.rate }),
        steps: ({ memory }) => o.passes * stepsPerPass(memory),
        draws: {
          kept: {
            from: 'memory',
            rows: o.batch,
            pick: (from, at) => passes(at.key, from.size, o.batch, at.index),
          },
        },
        objective: (c) => {
          const rows = c.batches.kept
          if (rows === undefined) return []
          const { logits } = c.network.apply(c.params, cropped(rows.x, c.feeds, c.dims))
          return [{ name: 'loss', value: c.mean(c.losses(logits, rows.y, rows), rows) }]
        },
        commit: ({ gradient, params, tensors, feeds }) => {
          const rate = rateNow(feeds)
          const stepped = optimiser.update({ gradient, params, slots: { velocity: tensors.velocity }, rate })
          const { velocity = tensors.velocity } = stepped.slots
          return { params: stepped.params, tensors: { velocity }, emits: { rate } }
        },
      },
    ],
  }
}

/** The plugin `gdumb`. */
export const gdumbPlugin = plugin({
  name: 'gdumb',
  sources: [
    {
      paper: 'Prabhu, Torr & Dokania 2020 (GDumb)',
      equation: 'algorithm 1',
      variant: 'greedy balanced rows, a network from scratch at each query; schedule of its code, a rate for each pass',
    },
    { paper: 'Loshchilov & Hutter 2017 (SGDR)', equation: '5', variant: 'one pass as the unit of time' },
  ],
  options,
  make: (o) => [gdumb(o)],
})
