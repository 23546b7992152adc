/**
 * GEM: a step may not increase the loss on any past context, to first order. Where the gradient g of the whole objective points against
 * the gradient G_k of the mean loss on the kept rows of some past context k, it is replaced by g + G'v, where v solves the dual of the
 * projection on all half-spaces: min ½ v'(GG' + ridge I)v + (Gg)'v over v >= margin. Gradients are summed in f64 and rounded to f32, the
 * program is solved in f64. Passes over rows of the past evaluate: dropout is off, and running statistics stay.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, natural, nonNegative } from '../codec/number.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { add, assemble, mul, neg, onHost, reshape, selectGreater, slice, step, sum } from '../graph/ops.js'
import { sizeOf } from '../graph/shape.js'
import { uniform } from '../memory/uniform.js'
import type { AnyStrategy } from './anyStrategy.js'
import { type Filled, fillAtBoundary } from './fillAtBoundary.js'
import { plugin } from './plugin.js'
import type { Draw } from './rows.js'
import type { GradientContext, Incoming } from './scope.js'
import type { Uses } from './slots.js'
import type { Phase } from './strategy.js'
import { tooSmall } from './tooSmall.js'

/** More draws than this no step can tell apart. */
const mostContexts = 40

const fields = closed('options of gem', {
  /** Rows the buffer holds at most. */
  capacity: natural,
  /** Rows kept of each context, drawn uniformly without replacement when it is finished and never changed later. */
  perContext: count,
  /** Least entry of v, so that a projected step lowers the losses of the past ("strength" in the published code). */
  margin: withDefault(nonNegative, 0.5),
  /** Added to the diagonal of GG': the half-spaces are missed by ridge v_k at most. */
  ridge: withDefault(nonNegative, 1e-3),
})

const contextsOf = ({ capacity, perContext }: t.TypeOf<typeof fields>): number => Math.floor(capacity / perContext)

const options = checked(fields, (o) =>
  contextsOf(o) > mostContexts
    ? [{ at: ['perContext'], expected: `room for the rows of at most ${mostContexts} contexts` }]
    : [],
)

/** Options of `gem`. */
export type GemOptions = t.TypeOf<typeof options>

type Gem = Uses<{ rights: 'boundary'; buffers: { memory: never }; draws: Readonly<Record<string, 'memory'>> }>
/** Entries of `rows` [t, P] times `x` [P], summed in f64: [t]. */
const products = (rows: Expr, x: Expr): Expr => sum(mul(rows, x), 'last')

/**
 * g + G'v with v as above where some g·G_k < 0, else g. `past`: the rows of G, [P] each, one or more.
 * @source Lopez-Paz & Ranzato 2017, equations 11 and 12; margin and ridge as in their code
 */
export const halfSpaces = (
  g: Expr,
  past: readonly Expr[],
  { margin, ridge }: Pick<GemOptions, 'margin' | 'ridge'>,
): Expr => {
  const [n, size] = [past.length, sizeOf(g.shape)]
  const stacked = (parts: readonly Expr[], width: number): Expr =>
    reshape(
      assemble(
        n * width,
        parts.map((value, i) => ({ at: i * width, value })),
      ),
      [n, width],
    )
  const rows = stacked(past, size)
  const along = products(rows, g)
  const gram = stacked(
    past.map((own) => products(rows, own)),
    n,
  )
  const v = onHost('quadraticAbove', [gram, along], { margin, ridge })
  const projected = add(g, ...past.map((own, k) => mul(slice(v, k, []), own)))
  return selectGreater(sum(step(neg(along))), 0, projected, g)
}

const gradient =
  (o: GemOptions) =>
  (c: GradientContext<Gem, Incoming<Gem>>): Expr => {
    const past = Object.values(c.batches).flatMap((m) =>
      m === undefined ? [] : [grad(c.mean(c.losses(c.network.apply(c.params, m.x).logits, m.y, m), m), c.params)],
    )
    return past.length === 0 ? c.gradient : halfSpaces(c.gradient, past, o)
  }

/** All kept rows of past context number `context`, in their order. */
const drawOf = (o: GemOptions, context: number): Draw<Gem, 'memory'> => ({
  from: 'memory',
  rows: o.perContext,
  pick: ({ experiences }, at) =>
    context < at.experience
      ? Int32Array.from(experiences.keys()).filter((slot) => experiences[slot] === context)
      : new Int32Array(0),
})

const fill = (o: GemOptions): Phase<Filled> =>
  fillAtBoundary({
    rows: o.perContext,
    pick: (from, at) => (at.experience > contextsOf(o) ? new Int32Array(0) : uniform(at.key, from.size, o.perContext)),
  })

/** GEM as a strategy. */
export const gem = (o: GemOptions): AnyStrategy => {
  const draws = Array.from({ length: contextsOf(o) }, (_, k) => [`past${k}`, drawOf(o, k)] as const)
  return {
    name: 'gem',
    rights: { boundary: true, experience: true },
    buffers: { memory: { capacity: o.capacity, columns: {} } },
    draws: Object.fromEntries(draws),
    gradient: gradient(o),
    phases: [fill(o)],
    refuse: (facts) => [
      ...tooSmall('gem', o.capacity, facts),
      ...(contextsOf(o) < facts.experiences - 1
        ? [
            `'gem' (capacity ${o.capacity}, perContext ${o.perContext}): room for the rows of ${contextsOf(o)} experiences, ${facts.experiences - 1} become past ones`,
          ]
        : []),
    ],
  }
}

/** The plugin `gem`. */
export const gemPlugin = plugin({
  name: 'gem',
  sources: [
    { paper: 'Lopez-Paz & Ranzato 2017', equation: '11 and 12', variant: 'ridge: 0 as written, 1e-3 in its code' },
    { paper: 'Buzzega et al. 2020', equation: '-', variant: 'perContext: capacity / contexts, ridge: 1e-3' },
  ],
  options,
  make: (o) => [gem(o)],
})
