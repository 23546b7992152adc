/**
 * Synaptic intelligence: importance is what a parameter contributed to the fall of the loss while it was learned. Along the path of
 * an experience, `path -= g * (change of the parameters by the step)`; at its end `importance += path / ((theta - anchor)^2 + xi)`,
 * the anchor moves to theta and the path starts anew. The penalty is c sum_i importance_i (theta_i - anchor_i)^2, without 1/2; one
 * anchor, where the current experience began. The last boundary is like all others: a learner does not know that it is the last.
 *
 * In gradient `task`, g is of the scenario's own mean loss on the incoming rows, with no weight, term or projection of any strategy,
 * so that the path sums to the fall of that loss whatever moves the parameters: replayed rows and other penalties move them and are
 * not credited. In gradient `total`, g is what the optimiser received: all terms, after all projections and clipping.
 * The change counts the optimiser's step and commits of this and of earlier strategies; moments are the optimiser's own affair.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { nonNegative, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { grad } from '../graph/grad.js'
import { add, div, flush, mul, relu, square, sub, zeros } from '../graph/ops.js'
import { momentFloor, squareFloor } from '../graph/primitives/flush.js'
import { clippedTo } from '../optim/clipByValue.js'
import { plugin } from './plugin.js'
import { type Hold, quadratic } from './quadratic.js'
import type { Dims, Scope } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const fields = closed('options of si', {
  /** Strength of the penalty. */
  c: nonNegative,
  /** Damping: bounds the importance of parameters that hardly moved. */
  xi: withDefault(positive, 0.1),
  /** `task`: of the loss without penalty, as in the paper; `total`: of the whole objective, as others' code. */
  gradient: withDefault(oneOf(['task', 'total']), 'task'),
  /** `sum`: negative sums of importance become 0, as in the authors' code; `integral`: negative paths do; `off`: nothing does. */
  rectify: withDefault(oneOf(['sum', 'integral', 'off']), 'sum'),
  /** Each element of the gradient of the whole objective is clipped to this magnitude, in the wake; absent: not. */
  clip: optional(positive),
  /** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
  step: withDefault(oneOf(['explicit', 'proximal']), 'explicit'),
})

/** Negative importance pushes away from the anchor, and such a penalty may have no minimiser. */
const options = checked(fields, (o) =>
  o.step === 'proximal' && o.rectify === 'off'
    ? [{ at: ['step'], expected: "'explicit' unless rectify is 'sum' or 'integral'" }]
    : [],
)

/** Options of `si`. */
export type SiOptions = t.TypeOf<typeof options>

type Si = Uses<{ rights: 'boundary'; tensors: 'path' | 'importance' | 'anchor' }>

const perParameter = (d: Dims<Si>): readonly number[] => [d.layout.size]

/** Synaptic intelligence as a strategy. */
export const si = (o: SiOptions): Strategy<Si> => {
  const penalty = quadratic(o.c, o.step)
  const { clip } = o
  const holds = ({ tensors, dims }: Pick<Scope<Si>, 'tensors' | 'dims'>): readonly Hold[] =>
    dims.experience === 0 ? [] : [{ importance: tensors.importance, anchor: tensors.anchor }]
  return {
    name: 'si',
    rights: { boundary: true },
    tensors: {
      path: { shape: perParameter, init: 0 },
      importance: { shape: perParameter, init: 0 },
      anchor: { shape: perParameter, init: 'params' },
    },
    objective: (c) => penalty.terms(c.params, holds(c)),
    ...(clip === undefined ? {} : { gradient: (c) => clippedTo(c.gradient, clip) }),
    commit: (c) => {
      const pulled = penalty.commit(c.after, holds(c), c.rate)
      const g = o.gradient === 'total' ? c.gradient : grad(c.loss, c.params)
      const moved = sub(pulled.params ?? c.after, c.params)
      const path = sub(c.tensors.path, mul(flush(g, squareFloor), flush(moved, squareFloor)))
      return { ...pulled, tensors: { path: flush(path, momentFloor) } }
    },
    phases: [
      {
        name: 'anchor',
        when: { on: 'boundary' },
        steps: 1,
        commit: ({ tensors: s, params }) => {
          const path = o.rectify === 'integral' ? relu(s.path) : s.path
          const added = div(path, add(square(flush(sub(params, s.anchor), squareFloor)), o.xi))
          const sum = add(s.importance, added)
          const importance = flush(o.rectify === 'sum' ? relu(sum) : sum, momentFloor)
          return { tensors: { path: zeros(s.path.shape), importance, anchor: params } }
        },
      },
    ],
  }
}

/** The plugin `si`. */
export const siPlugin = plugin({
  name: 'si',
  sources: [
    {
      paper: 'Zenke, Poole & Ganguli 2017',
      equation: '3-5',
      variant: "gradient task, rectify sum: as the authors' code computes it",
    },
    {
      paper: 'Buzzega et al. 2020 (code)',
      equation: '-',
      variant:
        'gradient total, clip 1, rectify off: the path adds rate g^2 of the clipped gradient g under plain descent',
    },
    { paper: 'van de Ven et al. 2022 (code)', equation: '-', variant: 'gradient total, rectify off, not clipped' },
  ],
  options,
  make: (o) => [si(o)],
})
