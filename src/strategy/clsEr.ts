/**
 * CLS-ER: experience replay with two slow copies of the network, each moved at random steps. Replayed rows are held to the logits of the
 * copy that gives their class the higher probability; the stable copy predicts. It needs no boundaries.
 * In task-incremental streams probabilities are over the outputs of a row's own context, and all outputs are held, as in `der`.
 * The copies count as memory: the capacity alone is not what the method keeps.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, fraction, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { add, literal, mul, selectGreater } from '../graph/ops.js'
import { uniforms } from '../random/draw.js'
import { folded } from '../random/key.js'
import { distance } from './distance.js'
import { drawOfAll } from './pastDraws.js'
import { keepBy } from './keepBy.js'
import { policies } from '../memory/policies.js'
import { plugin } from './plugin.js'
import { share } from './share.js'
import { slowCopy } from './slowCopy.js'
import type { Uses } from './slots.js'
import type { FeedSpec, Strategy } from './strategy.js'
import { surer } from './surer.js'
import { tooSmall } from './tooSmall.js'

const copy = closed('a copy', {
  /** Probability of an update, at each step and for each copy by itself. */
  frequency: fraction,
  /** Decay per update; at step n (from 1) never above 1 - 1/(n + 1). */
  decay: fraction,
})

const options = closed('options of cls-er', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** Rows replayed per step. */
  rows: withDefault(count, 128),
  /** Weight of the squared distance to the logits of the copies, a mean over rows and outputs. */
  consistency: withDefault(nonNegative, 2),
  /** The copy that moves more seldom. */
  stable: withDefault(copy, { frequency: 0.9, decay: 0.99 }),
  /** The copy that moves more often. */
  plastic: withDefault(copy, { frequency: 1, decay: 0.99 }),
  /** Which network predicts. */
  predict: withDefault(oneOf(['stable', 'plastic', 'working']), 'stable'),
})

/** Options of `cls-er`. */
export type ClsErOptions = t.TypeOf<typeof options>

type ClsEr = Uses<{
  tensors: 'stable' | 'plastic' | 'steps'
  buffers: { memory: never }
  draws: { replay: 'memory' }
  feeds: 'stable' | 'plastic'
}>

/** 1 with probability `frequency`, else 0: compared in f64, so that frequency 1 is always and 0 never. Each feed has a key of its own. */
const drawn = (frequency: number): FeedSpec<ClsEr> => ({
  shape: () => [],
  from: (at) => (uniforms(folded(at.key, at.index), 1)[0]! < frequency ? 1 : 0),
})

/** CLS-ER as a strategy. */
export const clsEr = (o: ClsErOptions): Strategy<ClsEr> => {
  const { predict } = o
  return {
    name: 'cls-er',
    rights: {},
    refuse: (facts) => tooSmall('cls-er', o.capacity, facts),
    tensors: {
      stable: { shape: (d) => [d.layout.size], init: 'params' },
      plastic: { shape: (d) => [d.layout.size], init: 'params' },
      steps: { shape: () => [], init: 0 },
    },
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    feeds: { stable: drawn(o.stable.frequency), plastic: drawn(o.plastic.frequency) },
    draws: { replay: drawOfAll({ rows: o.rows, order: 'uniform' }) },
    weight: (c) => (c.batches.replay === undefined ? literal(1) : share(c.batch, c.batches.replay)),
    objective: (c) => {
      const m = c.batches.replay
      if (m === undefined) return []
      const of = (params: Expr): Expr => c.network.apply(params, m.x).logits
      const logits = of(c.params)
      const target = surer(c.losses, m, of(c.tensors.stable), of(c.tensors.plastic))
      return [
        { name: 'replay', value: mul(share(m, c.batch), c.mean(c.losses(logits, m.y, m), m)) },
        { name: 'consistency', value: mul(o.consistency, c.mean(distance(logits, target, 'mean'), m)) },
      ]
    },
    commit: ({ tensors, feeds, after }) => {
      const steps = add(tensors.steps, 1)
      // a copy that is not drawn keeps its bits: it is selected, not multiplied by one
      const next = (name: 'stable' | 'plastic'): Expr =>
        selectGreater(feeds[name], 0, slowCopy(tensors[name], after, steps, o[name].decay), tensors[name])
      return { tensors: { stable: next('stable'), plastic: next('plastic'), steps } }
    },
    keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } },
    ...(predict === 'working' ? {} : { predict: (c) => c.network.apply(c.tensors[predict], c.x).logits }),
  }
}

/** The plugin `cls-er`. */
export const clsErPlugin = plugin({
  name: 'cls-er',
  sources: [
    {
      paper: 'Arani, Sarfraz & Zonooz 2022 (CLS-ER)',
      equation: '1-4',
      variant: 'as its code: warm-up of the decay by steps from 1/2, one mean loss over incoming and replayed rows',
    },
    { paper: 'Tarvainen & Valpola 2017 (mean teacher)', equation: '3', variant: 'exponential average of parameters' },
  ],
  options,
  make: (o) => [clsEr(o)],
})
