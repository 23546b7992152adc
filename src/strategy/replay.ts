/**
 * Experience replay: rows of the past, kept in a buffer, are learned again beside the incoming ones. Where rows are balanced over
 * classes, a class is an output: in domain-incremental streams the contexts share them.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, natural } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { literal, mul } from '../graph/ops.js'
import { balanced } from '../memory/balanced.js'
import { createGroupPasses } from '../memory/groupPasses.js'
import { createPasses } from '../memory/passes.js'
import { perClass } from '../memory/perClass.js'
import { reservoir } from '../memory/reservoir.js'
import { uniform } from '../memory/uniform.js'
import { folded } from '../random/key.js'
import type { AnyStrategy } from './anyStrategy.js'
import { plugin } from './plugin.js'
import type { Draw, Keep } from './rows.js'
import type { Incoming, Rowed, Scope, Term } from './scope.js'
import { share } from './share.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'

const fields = closed('options of replay', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** `reservoir`: over first presentations; `boundary`: `perClass` rows of each class of the finished experience. */
  fill: withDefault(oneOf(['reservoir', 'boundary']), 'reservoir'),
  /** Rows of each class, for `fill: boundary`; drawn uniformly without replacement, never changed later. */
  perClass: withDefault(count, 100),
  /** Rows replayed per step. */
  rows: withDefault(count, 128),
  /** `1/k`: incoming 1/k, replay 1 - 1/k, with k contexts so far; `concatenated`: the mean over the two batches as one. */
  weighting: withDefault(oneOf(['1/k', 'concatenated']), 'concatenated'),
  /** `uniform`: without replacement within a step; `shuffled-passes`: without replacement within a pass over the buffer. */
  order: withDefault(oneOf(['uniform', 'shuffled-passes']), 'uniform'),
  /** `context`: each step replays ceil(rows / past contexts) rows of every past context. */
  balance: withDefault(oneOf(['none', 'context']), 'none'),
})

/** Rows of past contexts only are in a buffer that is filled at boundaries; a reservoir also holds rows of the current one. */
const options = checked(fields, (o) =>
  o.balance === 'context' && o.fill !== 'boundary'
    ? [{ at: ['balance'], expected: "'none' unless fill is 'boundary'" }]
    : [],
)

/** Options of `replay`. */
export type ReplayOptions = t.TypeOf<typeof options>

type Plain = Uses<{ buffers: { memory: never }; draws: { replay: 'memory' } }>
type Bounded = Uses<{ rights: 'boundary'; buffers: { memory: never }; draws: { replay: 'memory' } }>
type Filled = Uses<{ rights: 'boundary' | 'experience'; buffers: { memory: never }; draws: { finished: 'experience' } }>

/** Rows of the whole buffer, for strategies that see no boundaries. */
const plainDraw = (o: ReplayOptions): Draw<Plain, 'memory'> => {
  const passes = createPasses()
  return {
    from: 'memory',
    rows: o.rows,
    pick: (from, at) =>
      o.order === 'uniform'
        ? uniform(folded(at.key, at.index), from.size, o.rows)
        : passes(at.key, from.size, o.rows, at.index),
  }
}

/** Rows by context, and passes that start anew with each experience. */
const boundedDraw = (o: ReplayOptions): Draw<Bounded, 'memory'> => {
  const passes = createPasses()
  const groupPasses = createGroupPasses()
  const each = (contexts: number): number => Math.ceil(o.rows / contexts)
  return {
    from: 'memory',
    rows: (d) => (o.balance === 'context' && d.experience > 0 ? each(d.experience) * d.experience : o.rows),
    pick: (from, at) => {
      const past = at.experience
      if (past === 0 && (o.weighting === '1/k' || o.balance === 'context')) return new Int32Array(0)
      const step = folded(at.key, at.index)
      const pass = folded(at.key, past)
      if (o.balance === 'none')
        return o.order === 'uniform' ? uniform(step, from.size, o.rows) : passes(pass, from.size, o.rows, at.since)
      return o.order === 'uniform'
        ? balanced(step, from.experiences, each(past) * past, at.index)
        : groupPasses(pass, from.experiences, each(past), at.since)
    },
  }
}

/** What the two batches weigh: `incoming` and `replayed` are scalars. */
interface Weights {
  readonly incoming: Expr
  readonly replayed: Expr
}

const concatenated = (c: Incoming<Plain>, m: Rowed): Weights => ({
  incoming: share(c.batch, m),
  replayed: share(m, c.batch),
})

const oneOverK = (experience: number): Weights => ({
  incoming: literal(1 / (experience + 1)),
  replayed: literal(1 - 1 / (experience + 1)),
})

/** Weight of the incoming loss and the term of the replayed rows. */
const learn = <C extends Scope<Plain> & Incoming<Plain>>(weights: (c: C, m: Rowed) => Weights) => ({
  weight: (c: C): Expr => (c.batches.replay === undefined ? literal(1) : weights(c, c.batches.replay).incoming),
  objective: (c: C): readonly Term[] => {
    const m = c.batches.replay
    if (m === undefined) return []
    const loss = c.mean(c.losses(c.network.apply(c.params, m.x).logits, m.y, m), m)
    return [{ name: 'replay', value: mul(weights(c, m).replayed, loss) }]
  },
})

/** Every row at its first presentation has the same chance to be held. */
const admitFirst: Keep<Plain> = (buffer, incoming, at) =>
  reservoir(folded(at.key, at.index), buffer.capacity, buffer.seen, incoming.first)

/** At the boundary, so many rows of each class of the finished experience go behind those already held, never to be changed. */
const fill = (o: ReplayOptions): Phase<Filled> => ({
  name: 'fill',
  when: { on: 'boundary' },
  steps: 1,
  draws: {
    finished: {
      from: 'experience',
      rows: (d) => Math.max(1, Math.min(o.perClass * d.outputs, o.capacity)),
      pick: (from, at) => perClass(at.key, from.labels, o.perClass, o.capacity - at.buffers.memory.size),
    },
  },
  keep: {
    memory: {
      from: 'finished',
      admit: (buffer, incoming) => ({
        slots: Int32Array.from({ length: incoming.size }, (_, i) => buffer.size + i),
        take: Int32Array.from({ length: incoming.size }, (_, i) => i),
      }),
    },
  },
})

/** Experience replay as a strategy. It asks for the rights that its options need. */
export const replay = (o: ReplayOptions): AnyStrategy => {
  const bounded = o.fill === 'boundary' || o.weighting === '1/k' || o.balance === 'context'
  const byK = learn((c: Scope<Bounded> & Incoming<Bounded>) => oneOverK(c.dims.experience))
  return {
    name: 'replay',
    rights: { ...(bounded ? { boundary: true } : {}), ...(o.fill === 'boundary' ? { experience: true } : {}) },
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    draws: { replay: bounded ? boundedDraw(o) : plainDraw(o) },
    ...(o.weighting === '1/k' ? byK : learn(concatenated)),
    ...(o.fill === 'boundary' ? { phases: [fill(o)] } : { keep: { memory: { from: 'batch', admit: admitFirst } } }),
  }
}

/** The plugin `replay`. */
export const replayPlugin = plugin({
  name: 'replay',
  sources: [
    { paper: 'Robins 1995', equation: '-', variant: 'replay of stored rows' },
    {
      paper: 'Chaudhry et al. 2019, On tiny episodic memories',
      equation: '-',
      variant: 'reservoir, weighting: concatenated',
    },
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022',
      equation: '-',
      variant: 'fill: boundary, weighting: 1/k, order: shuffled-passes',
    },
  ],
  options,
  make: (o) => [replay(o)],
})
