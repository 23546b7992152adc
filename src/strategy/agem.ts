/**
 * A-GEM: a step may not increase the loss on rows of the past, to first order. Where the gradient g of the whole objective points
 * against the gradient r of the mean loss on rows drawn from a buffer, it is projected on the plane that r is normal to.
 * The pass over rows of the past evaluates: dropout is off, and running statistics stay.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { add, div, mul, selectGreater, square, sub, sum } from '../graph/ops.js'
import { perClass } from '../memory/perClass.js'
import { reservoir } from '../memory/reservoir.js'
import { uniform } from '../memory/uniform.js'
import type { AnyStrategy } from './anyStrategy.js'
import { append } from './append.js'
import { keepBy } from './keepBy.js'
import { policies } from '../memory/policies.js'
import { drawOfAll, drawOfEach, drawOfPast } from './pastDraws.js'
import { type Filled, fillAtBoundary } from './fillAtBoundary.js'
import { plugin } from './plugin.js'
import type { GradientContext, Incoming } from './scope.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'
import { tooSmall } from './tooSmall.js'

const fields = closed('options of a-gem', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** Rows drawn for the reference gradient of each step; fewer while the buffer holds fewer. */
  rows: withDefault(count, 128),
  /**
   * `one-batch`: `perBoundary` rows of each finished experience are offered to a reservoir (the published code of Buzzega et al.);
   * `per-class`: `perClass` rows of each of its classes, never changed later; `reservoir`: every row at its first presentation.
   */
  fill: withDefault(oneOf(['reservoir', 'one-batch', 'per-class']), 'reservoir'),
  /** Rows of a finished experience, for `fill: one-batch`; drawn uniformly without replacement. */
  perBoundary: withDefault(count, 10),
  /** Rows of each class, for `fill: per-class`; drawn uniformly without replacement. */
  perClass: withDefault(count, 100),
  /** `uniform`: without replacement within a step; `shuffled-passes`: without replacement within a pass over the buffer. */
  order: withDefault(oneOf(['uniform', 'shuffled-passes']), 'uniform'),
  /** `context`: each step draws ceil(rows / past contexts) rows of every past context. */
  balance: withDefault(oneOf(['none', 'context']), 'none'),
  /** Added to the squared norm of r in the divisor: with 0 the projection is exact, else it falls short by epsilon / (r·r + epsilon). */
  epsilon: withDefault(nonNegative, 1e-7),
})

/** Rows of past contexts only are in a buffer that is filled at boundaries; a reservoir also holds rows of the current one. */
const options = checked(fields, (o) =>
  o.balance === 'context' && o.fill === 'reservoir'
    ? [{ at: ['balance'], expected: "'none' where fill is 'reservoir'" }]
    : [],
)

/** Options of `a-gem`. */
export type AgemOptions = t.TypeOf<typeof options>

type Plain = Uses<{ buffers: { memory: never }; draws: { past: 'memory' } }>
/** A reference gradient whose squared norm is not above this has no direction in f32: nothing is projected. */
const vanishing = 2 ** -100

/**
 * g where g·r >= 0, else g − (g·r / (r·r + epsilon)) r, so that (result)·r = g·r epsilon / (r·r + epsilon) to rounding. Both [P].
 * @source Chaudhry et al. 2019, equation 11; epsilon as in the code of van de Ven et al. 2022
 */
export const halfSpace = (g: Expr, r: Expr, epsilon: number): Expr => {
  const along = sum(mul(g, r))
  const norm = sum(square(r))
  const violated = selectGreater(norm, vanishing, selectGreater(0, along, 1, 0), 0)
  const by = div(along, add(selectGreater(norm, vanishing, norm, 1), epsilon))
  return selectGreater(violated, 0, sub(g, mul(by, r)), g)
}

const gradient =
  (o: AgemOptions) =>
  (c: GradientContext<Plain, Incoming<Plain>>): Expr => {
    const m = c.batches.past
    if (m === undefined) return c.gradient
    const loss = c.mean(c.losses(c.network.apply(c.params, m.x).logits, m.y, m), m)
    return halfSpace(c.gradient, grad(loss, c.params), o.epsilon)
  }

/**
 * At the boundary. The reservoir counts the rows that were offered to it: `perBoundary` of each experience, as if none had fewer.
 * Rows of `per-class` go behind those already held.
 */
const fill = (o: AgemOptions): Phase<Filled> =>
  fillAtBoundary({
    rows: (d) => Math.max(1, o.fill === 'one-batch' ? o.perBoundary : Math.min(o.perClass * d.outputs, o.capacity)),
    pick: (from, at) =>
      o.fill === 'one-batch'
        ? uniform(at.key, from.size, o.perBoundary)
        : perClass(at.key, from.labels, o.perClass, o.capacity - at.buffers.memory.size),
    admit: (buffer, incoming, at) =>
      o.fill === 'one-batch'
        ? reservoir(
            at.key,
            buffer.capacity,
            Math.max(buffer.size, (at.experience - 1) * o.perBoundary),
            new Uint8Array(incoming.size).fill(1),
          )
        : append(buffer, incoming),
  })

/** A-GEM as a strategy. It asks for the rights that its options need. */
export const agem = (o: AgemOptions): AnyStrategy => ({
  name: 'a-gem',
  rights: o.fill === 'reservoir' ? {} : { boundary: true, experience: true },
  buffers: { memory: { capacity: o.capacity, columns: {} } },
  draws: { past: o.fill === 'reservoir' ? drawOfAll(o) : o.balance === 'context' ? drawOfEach(o) : drawOfPast(o) },
  gradient: gradient(o),
  refuse: (facts) => tooSmall('a-gem', o.capacity, facts),
  ...(o.fill === 'reservoir'
    ? { keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } } }
    : { phases: [fill(o)] }),
})

/** The plugin `a-gem`. */
export const agemPlugin = plugin({
  name: 'a-gem',
  sources: [
    { paper: 'Chaudhry et al. 2019, Efficient lifelong learning', equation: '11', variant: 'epsilon: 0' },
    {
      paper: 'Buzzega et al. 2020',
      equation: '-',
      variant: 'fill: one-batch, epsilon: 0; fill: reservoir is their A-GEM-R',
    },
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022',
      equation: '-',
      variant: 'fill: per-class, order: shuffled-passes, epsilon: 1e-7; balance: context in task-incremental streams',
    },
  ],
  options,
  make: (o) => [agem(o)],
})
