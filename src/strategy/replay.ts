/**
 * Experience replay: rows of the past, kept in a buffer, are learned again beside the incoming ones. Where rows are balanced over
 * classes, a class is an output: in domain-incremental streams the contexts share them.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { literal, mul } from '../graph/ops.js'
import { beyond } from '../memory/beyond.js'
import { perClass } from '../memory/perClass.js'
import { policies } from '../memory/policies.js'
import type { Policy } from '../memory/policy.js'
import { ring } from '../memory/ring.js'
import type { AnyStrategy } from './anyStrategy.js'
import { keepBy } from './keepBy.js'
import { drawOfAll, drawOfEach, drawOfPast } from './pastDraws.js'
import { type Filled, fillAtBoundary } from './fillAtBoundary.js'
import { plugin } from './plugin.js'
import type { Rows } from './rows.js'
import type { Incoming, Rowed, Scope, Term } from './scope.js'
import { share } from './share.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'
import { tooSmall } from './tooSmall.js'

const fields = closed('options of replay', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /**
   * Over first presentations, `reservoir`, `class-balanced` (a reservoir that keeps classes even) or `ring` (the newest rows of each
   * class); `boundary`: rows of each class of the finished experience, drawn uniformly without replacement.
   */
  fill: withDefault(oneOf(['reservoir', 'boundary', 'class-balanced', 'ring']), 'reservoir'),
  /**
   * `total`: the capacity in equal parts, which shrink when classes are met; `per-class`: `perClass` rows of each, never fewer later.
   * Absent: `per-class` where `fill` is `boundary`, else `total`.
   */
  budget: optional(oneOf(['total', 'per-class'])),
  /** Rows of each class, for the budget `per-class`. With `fill: boundary`, of each class of each experience. */
  perClass: withDefault(count, 100),
  /** Rows replayed per step. */
  rows: withDefault(count, 128),
  /**
   * `1/k`: incoming 1/k, replay 1 - 1/k, with k contexts so far; `concatenated`: the mean over the two batches as one; `lambda`: incoming
   * 1, replay `lambda`.
   */
  weighting: withDefault(oneOf(['1/k', 'concatenated', 'lambda']), '1/k'),
  /** Weight of the replayed rows, for the weighting `lambda`. */
  lambda: optional(nonNegative),
  /** `uniform`: without replacement within a step; `shuffled-passes`: without replacement within a pass over the buffer. */
  order: withDefault(oneOf(['uniform', 'shuffled-passes']), 'uniform'),
  /** `context`: each step replays ceil(rows / past contexts) rows of every past context. */
  balance: withDefault(oneOf(['none', 'context']), 'none'),
})

/** Rows of past contexts only are in a buffer that is filled at boundaries; a policy over first presentations also holds rows of the current one. */
const options = checked(fields, (o) => [
  ...(o.balance === 'context' && o.fill !== 'boundary'
    ? [{ at: ['balance'], expected: "'none' unless fill is 'boundary'" }]
    : []),
  ...(o.budget === 'per-class' && o.fill !== 'boundary' && o.fill !== 'ring'
    ? [{ at: ['budget'], expected: "'total' unless fill is 'boundary' or 'ring'" }]
    : []),
  ...(o.weighting === 'lambda' && o.lambda === undefined
    ? [{ at: ['lambda'], expected: "a number >= 0, because weighting is 'lambda'" }]
    : []),
  ...(o.weighting !== 'lambda' && o.lambda !== undefined
    ? [{ at: ['lambda'], expected: "no 'lambda' unless weighting is 'lambda'" }]
    : []),
])

/** Options of `replay`. */
export type ReplayOptions = t.TypeOf<typeof options>

type Plain = Uses<{ buffers: { memory: never }; draws: { replay: 'memory' } }>
type Bounded = Uses<{ rights: 'boundary'; buffers: { memory: never }; draws: { replay: 'memory' } }>
/** Rows of past contexts: the whole buffer, or each context by itself. What weighs 0 in the first context is not drawn there. */
const boundedDraw = (o: ReplayOptions): ReturnType<typeof drawOfPast> => {
  const draw = o.balance === 'context' ? drawOfEach(o) : drawOfPast(o)
  return o.weighting !== '1/k'
    ? draw
    : { ...draw, pick: (from, at) => (at.experience === 0 ? new Int32Array(0) : draw.pick(from, at)) }
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

const weighted = (lambda: number): Weights => ({ incoming: literal(1), replayed: literal(lambda) })

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

/** One number for each class of each experience. */
const portions = ({ labels, experiences }: Pick<Rows<Bounded>, 'labels' | 'experiences'>): Int32Array =>
  labels.map((label, i) => experiences[i]! * 2 ** 16 + label)

/**
 * At the boundary, so many rows of each class of the finished experience go behind those already held. Budget `total`: every class of every
 * experience may hold the same number, and those of the past keep their first ones.
 */
const fill = (o: ReplayOptions): Phase<Filled> => {
  const each = (capacity: number, held: Rows<Filled>, finished: Rows<Filled>): number =>
    o.budget === 'total' ? Math.floor(capacity / new Set([...portions(held), ...portions(finished)]).size) : o.perClass
  return fillAtBoundary({
    rows: (d) => Math.max(1, o.budget === 'total' ? o.capacity : Math.min(o.perClass * d.outputs, o.capacity)),
    pick: (from, at) => {
      const { memory } = at.buffers
      const quota = each(o.capacity, memory, from)
      const stays = o.budget === 'total' ? memory.size - beyond(portions(memory), quota).length : memory.size
      return perClass(at.key, from.labels, quota, o.capacity - stays)
    },
    admit: (buffer, incoming) => {
      const drop =
        o.budget === 'total' ? beyond(portions(buffer), each(buffer.capacity, buffer, incoming)) : new Int32Array(0)
      const take = Int32Array.from(incoming.labels.keys())
      return { drop, take, slots: take.map((i) => buffer.size - drop.length + i) }
    },
  })
}

/** What a buffer that is filled while learning admits. */
const policyOf = ({ fill: by, budget, perClass: each }: ReplayOptions): Policy =>
  by === 'class-balanced'
    ? policies['class-balanced']
    : by === 'ring'
      ? ring('class', budget === 'per-class' ? each : undefined)
      : policies.reservoir

/** Experience replay as a strategy. It asks for the rights that its options need. */
export const replay = (o: ReplayOptions): AnyStrategy => {
  const bounded = o.fill === 'boundary' || o.weighting === '1/k' || o.balance === 'context'
  const byK = learn((c: Scope<Bounded> & Incoming<Bounded>) => oneOverK(c.dims.experience))
  return {
    name: 'replay',
    rights: { ...(bounded ? { boundary: true } : {}), ...(o.fill === 'boundary' ? { experience: true } : {}) },
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    draws: { replay: bounded ? boundedDraw(o) : drawOfAll(o) },
    ...(o.weighting === '1/k' ? byK : learn(o.lambda === undefined ? concatenated : () => weighted(o.lambda ?? 1))),
    ...(o.fill === 'boundary'
      ? { phases: [fill(o)] }
      : { keep: { memory: { from: 'batch', admit: keepBy(policyOf(o)) } } }),
    refuse: (facts) => tooSmall('replay', o.capacity, facts),
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
      variant: 'fill: reservoir or ring, weighting: concatenated',
    },
    { paper: 'Chrysakis & Moens 2020', equation: 'algorithm 1', variant: 'fill: class-balanced' },
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022',
      equation: '-',
      variant: 'fill: boundary, weighting: 1/k, order: shuffled-passes',
    },
  ],
  options,
  make: (o) => [replay(o)],
})
