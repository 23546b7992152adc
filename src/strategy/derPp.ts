/** Dark experience replay with labels (DER++): `der`, and the loss of replayed rows beside it. */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { mul } from '../graph/ops.js'
import { derFields, held, logitsMemory } from './der.js'
import { drawOfAll } from './pastDraws.js'
import { plugin } from './plugin.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'
import { tooSmall } from './tooSmall.js'

const options = closed('options of der-pp', {
  ...derFields,
  /** Weight of the loss of the replayed rows. */
  beta: nonNegative,
  /** `two`: rows for the labels are drawn independently of those for the logits; `one`: they are the same rows. */
  draws: withDefault(oneOf(['two', 'one']), 'two'),
})

/** Options of `der-pp`. */
export type DerPpOptions = t.TypeOf<typeof options>

type DerPp = Uses<{ buffers: { memory: 'logits' }; draws: { recalled: 'memory'; relearned: 'memory' } }>

/** DER++ as a strategy. */
export const derPp = (o: DerPpOptions): Strategy<DerPp> => ({
  name: 'der-pp',
  rights: {},
  refuse: (facts) => tooSmall('der-pp', o.capacity, facts),
  ...logitsMemory(o.capacity),
  draws: {
    recalled: drawOfAll({ rows: o.rows, order: 'uniform' }),
    ...(o.draws === 'two' ? { relearned: drawOfAll({ rows: o.rows, order: 'uniform' }) } : {}),
  },
  objective: (c) => {
    const { recalled, relearned = recalled } = c.batches
    if (recalled === undefined || relearned === undefined) return []
    const logits = c.network.apply(c.params, recalled.x).logits
    const learned = relearned === recalled ? logits : c.network.apply(c.params, relearned.x).logits
    return [
      held(o, c, logits, recalled),
      { name: 'replay', value: mul(o.beta, c.mean(c.losses(learned, relearned.y, relearned), relearned)) },
    ]
  },
})

/** The plugin `der-pp`. */
export const derPpPlugin = plugin({
  name: 'der-pp',
  sources: [
    {
      paper: 'Buzzega, Boschini, Porrello, Abati & Calderara 2020 (DER)',
      equation: '6',
      variant: 'draws: two, independent, as its code, or one',
    },
  ],
  options,
  make: (o) => [derPp(o)],
})
