/**
 * Dark experience replay: the network is held to the logits that it gave for rows of the past when it first saw them.
 * It needs no boundaries. All outputs are stored and held, as published: also those of classes that are not met yet, and in
 * task-incremental streams, where a row's loss is over the outputs of its own context, also those of the other contexts. At test these
 * do not compete; holding them costs the shared layers some freedom.
 * A row that is presented again in a later pass is not offered to the buffer again (the published code offers it anew).
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { mul } from '../graph/ops.js'
import { distance } from './distance.js'
import { drawOfAll } from './pastDraws.js'
import { keepBy } from './keepBy.js'
import { policies } from '../memory/policies.js'
import { plugin } from './plugin.js'
import type { Batch, Incoming, Scope, Term } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'
import { tooSmall } from './tooSmall.js'

/** Options that `der` and `der-pp` share. */
export const derFields = {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** Rows of each draw. */
  rows: withDefault(count, 128),
  /** Weight of the squared distance to the stored logits. */
  alpha: nonNegative,
  /** The distance is a mean over rows, and over outputs too, or a sum over outputs. */
  reduction: withDefault(oneOf(['mean', 'sum']), 'mean'),
}

const options = closed('options of der', derFields)

/** Options of `der`. */
export type DerOptions = t.TypeOf<typeof options>

type Der = Uses<{ buffers: { memory: 'logits' }; draws: { recalled: 'memory' } }>

/** The buffer of a method that stores each row with the logits of the incoming pass, which are of the parameters before the step. */
export const logitsMemory = (capacity: number) => {
  const commit = ({ output }: Pick<Incoming<Der>, 'output'>) => ({ columns: { memory: { logits: output.logits } } })
  return {
    buffers: { memory: { capacity, columns: { logits: (d: { readonly outputs: number }): number => d.outputs } } },
    commit,
    keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } },
  } as const
}

/** Term `consistency`: the distance of `logits`, which are of the rows of `m`, to those stored beside them. */
export const held = (
  o: Pick<DerOptions, 'alpha' | 'reduction'>,
  c: Pick<Scope<Der>, 'mean'>,
  logits: Expr,
  m: Batch<Der, 'logits'>,
): Term => ({
  name: 'consistency',
  value: mul(o.alpha, c.mean(distance(logits, m.columns.logits, o.reduction), m)),
})

/** Dark experience replay as a strategy. */
export const der = (o: DerOptions): Strategy<Der> => ({
  name: 'der',
  rights: {},
  refuse: (facts) => tooSmall('der', o.capacity, facts),
  ...logitsMemory(o.capacity),
  draws: { recalled: drawOfAll({ rows: o.rows, order: 'uniform' }) },
  objective: (c) => {
    const m = c.batches.recalled
    return m === undefined ? [] : [held(o, c, c.network.apply(c.params, m.x).logits, m)]
  },
})

/** The plugin `der`. */
export const derPlugin = plugin({
  name: 'der',
  sources: [
    {
      paper: 'Buzzega, Boschini, Porrello, Abati & Calderara 2020 (DER)',
      equation: '5',
      variant:
        'reservoir; logits as of the first presentation; reduction mean (over rows and outputs) as its code, or sum',
    },
  ],
  options,
  make: (o) => [der(o)],
})
