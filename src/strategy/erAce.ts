/**
 * Experience replay with asymmetric cross-entropy: among incoming rows only outputs of the incoming batch compete, so that new classes do
 * not push down the logits of old ones; replayed rows are learned among all. The loss is the sum of the two means.
 *
 * Caccia et al. 2022, the equation: competing present, replayed seen, begins at-once. Their code: competing present+unseen, replayed all,
 * begins at-once; Mammoth's: the same, begins second. In both, "unseen" are the outputs from the largest one seen on, that one included;
 * here they are exactly those that no incoming row has had yet.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, natural } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { column, maximum, minimum, mul, oneHot, sub, sum } from '../graph/ops.js'
import type { AnyStrategy } from './anyStrategy.js'
import { drawOfAll } from './pastDraws.js'
import { keepBy } from './keepBy.js'
import { policies } from '../memory/policies.js'
import { plugin } from './plugin.js'
import type { Incoming, Rowed, Scope } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'
import { tooSmall } from './tooSmall.js'

const options = closed('options of er-ace', {
  /** Rows the buffer holds at most: a reservoir over first presentations. */
  capacity: natural,
  /** Rows replayed per step, uniformly without replacement. */
  rows: withDefault(count, 128),
  /** Outputs that compete for incoming rows: those of the incoming batch and those never seen, or the former alone. */
  competing: withDefault(oneOf(['present+unseen', 'present']), 'present+unseen'),
  /** Outputs that compete for replayed rows: all, or those seen so far, the incoming batch included. */
  replayed: withDefault(oneOf(['all', 'seen']), 'all'),
  /** `at-once`: needs no boundaries; `second`: before the first boundary all outputs compete and nothing is replayed. */
  begins: withDefault(oneOf(['at-once', 'second']), 'at-once'),
})

/** Options of `er-ace`. */
export type ErAceOptions = t.TypeOf<typeof options>

type ErAce = Uses<{
  rights: 'boundary'
  tensors: 'seen'
  buffers: { memory: never }
  draws: { replay: 'memory' }
}>

/** 1 for the outputs of a batch, 0 for the others: [outputs]. */
const present = (batch: Rowed, outputs: number): Expr =>
  minimum(sum(mul(oneHot(batch.y, outputs), column(batch.weights)), 0), 1)

/** 1 for the outputs that incoming rows have had so far, this batch included. */
const seen = (c: Scope<ErAce> & Incoming<ErAce>): Expr => maximum(c.tensors.seen, present(c.batch, c.dims.outputs))

/** ER-ACE as a strategy. It sees no boundaries unless it begins at the second experience. */
export const erAce = (o: ErAceOptions): AnyStrategy => {
  const draw = drawOfAll({ rows: o.rows, order: 'uniform' })
  const idle = (experience: number): boolean => o.begins === 'second' && experience === 0
  const made: Strategy<ErAce> = {
    name: 'er-ace',
    rights: { boundary: true },
    tensors: { seen: { shape: (d) => [d.outputs], init: 0 } },
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    draws: {
      replay: { ...draw, pick: (from, at) => (idle(at.experience) ? new Int32Array(0) : draw.pick(from, at)) },
    },
    loss: (c) => {
      if (idle(c.dims.experience)) return c.loss
      const own = present(c.batch, c.dims.outputs)
      const among = o.competing === 'present' ? own : maximum(own, sub(1, c.tensors.seen))
      return c.mean(c.losses(c.output.logits, c.batch.y, c.batch, among), c.batch)
    },
    objective: (c) => {
      const m = c.batches.replay
      if (m === undefined) return []
      const { logits } = c.network.apply(c.params, m.x)
      const losses = o.replayed === 'all' ? c.losses(logits, m.y, m) : c.losses(logits, m.y, m, seen(c))
      return [{ name: 'replay', value: c.mean(losses, m) }]
    },
    commit: (c) => ({ tensors: { seen: seen(c) } }),
    keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } },
    refuse: (facts) => tooSmall('er-ace', o.capacity, facts),
  }
  return { ...made, rights: o.begins === 'second' ? { boundary: true } : {} }
}

/** The plugin `er-ace`. */
export const erAcePlugin = plugin({
  name: 'er-ace',
  sources: [
    {
      paper: 'Caccia et al. 2022',
      equation: '-',
      variant:
        'asymmetric cross-entropy; by default without boundaries, and outputs never seen compete, as in their code',
    },
  ],
  options,
  make: (o) => [erAce(o)],
})
