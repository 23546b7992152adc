/**
 * All parameters are held alike: lambda/2 |theta - anchor|^2, which is ewc with importances of 1, and what ewc has to beat. Towards the
 * previous optimum there is no penalty before the first boundary; towards the start, the initial values, there is one from the first step.
 * What an optimiser's transform `towardsAnchor` does in the gradient is here a term of the loss, so that it is logged, or a proximal step.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import type { Layout } from '../graph/layout.js'
import type { AnyStrategy } from './anyStrategy.js'
import { plugin } from './plugin.js'
import { type Hold, quadratic } from './quadratic.js'
import type { CommitContext, Scope } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of l2', {
  /** Strength of the penalty. */
  lambda: nonNegative,
  /** `previous`: where the last experience ended; `start`: the initial values, which needs no boundaries. */
  towards: withDefault(oneOf(['previous', 'start']), 'previous'),
  /** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
  step: withDefault(oneOf(['explicit', 'proximal']), 'explicit'),
})

/** Options of `l2`. */
export type L2Options = t.TypeOf<typeof options>

type L2 = Uses<{ tensors: 'anchor' }>
type Bounded = Uses<{ rights: 'boundary'; tensors: 'anchor' }>

/** What both have. */
const towards = (o: L2Options) => {
  const penalty = quadratic(o.lambda / 2, o.step)
  const holds = (anchor: Expr): readonly Hold[] => [{ importance: 1, anchor }]
  return {
    name: 'l2',
    tensors: { anchor: { shape: (d: { readonly layout: Layout }) => [d.layout.size], init: 'params' as const } },
    objective: ({ params, tensors }: Pick<Scope<L2>, 'params' | 'tensors'>) =>
      penalty.terms(params, holds(tensors.anchor)),
    commit: ({ after, tensors, rate }: Pick<CommitContext<L2, unknown>, 'after' | 'tensors' | 'rate'>) =>
      penalty.commit(after, holds(tensors.anchor), rate),
  }
}

const start = (o: L2Options): Strategy<L2> => ({ ...towards(o), rights: {} })

const previous = (o: L2Options): Strategy<Bounded> => {
  const held = towards(o)
  return {
    ...held,
    rights: { boundary: true },
    objective: (c) => (c.dims.experience === 0 ? [] : held.objective(c)),
    commit: (c) => (c.dims.experience === 0 ? {} : held.commit(c)),
    phases: [
      {
        name: 'anchor',
        when: { on: 'boundary' },
        steps: 1,
        commit: ({ params }) => ({ tensors: { anchor: params } }),
      },
    ],
  }
}

/** The penalty towards one anchor as a strategy. */
export const l2 = (o: L2Options): AnyStrategy => (o.towards === 'start' ? start(o) : previous(o))

/** The plugin `l2`. */
export const l2Plugin = plugin({
  name: 'l2',
  sources: [
    {
      paper: 'Kirkpatrick et al. 2017',
      equation: '3',
      variant: 'the baseline of its figure 2: importances of 1; towards previous',
    },
    {
      paper: 'Kumar, Marklund & Van Roy 2023 (L2 Init)',
      equation: '-',
      variant: 'towards start; its strength is half of this lambda',
    },
  ],
  options,
  make: (o) => [l2(o)],
})
