/**
 * Memory aware synapses: importance is how much the network's outputs would change with a parameter, whatever the labels:
 * the mean over rows of |d |logits|^2 / d theta_i|, the absolute value of each row's own gradient. The penalty is
 * lambda sum_i importance_i (theta_i - anchor_i)^2, without 1/2; one anchor, where the last experience ended. Where contexts own their
 * outputs, the logits are those that compete in the finished experience.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { add, div, flush, mul, square, sum } from '../graph/ops.js'
import { perExampleAbsolutes } from '../graph/perExample.js'
import { momentFloor } from '../graph/primitives/flush.js'
import { finished } from './finished.js'
import { outputMask } from './outputMask.js'
import { plugin } from './plugin.js'
import { type Hold, quadratic } from './quadratic.js'
import type { Dims, Scope } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of mas', {
  /** Strength of the penalty. */
  lambda: nonNegative,
  /** `mean`: importances of experiences are averaged, each counting the same; `sum`: they add up. */
  accumulate: withDefault(oneOf(['mean', 'sum']), 'mean'),
  /** Rows of the finished experience that the estimate uses, drawn without replacement; labels are not read. */
  rows: withDefault(orWord(count, 'all'), 'all'),
  /** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
  step: withDefault(oneOf(['explicit', 'proximal']), 'explicit'),
  /** Rows per step of the estimate. */
  batch: withDefault(count, 128),
})

/** Options of `mas`. */
export type MasOptions = t.TypeOf<typeof options>

type Mas = Uses<{
  rights: 'boundary' | 'experience'
  tensors: 'sensitivity' | 'rows' | 'importance' | 'anchor'
  draws: { finished: 'experience' }
}>

const perParameter = (d: Dims<Mas>): readonly number[] => [d.layout.size]

/** Squared length of the competing logits of each row, [n]. */
const length = (logits: Expr, { outputs, active }: Dims<Mas>): Expr => {
  const squares = square(logits)
  return sum(active.length === outputs ? squares : mul(squares, outputMask(active, outputs)), 'last')
}

/** Memory aware synapses as a strategy. */
export const mas = (o: MasOptions): Strategy<Mas> => {
  const penalty = quadratic(o.lambda, o.step)
  const { steps, draw } = finished(o)
  const holds = ({ tensors, dims }: Pick<Scope<Mas>, 'tensors' | 'dims'>): readonly Hold[] =>
    dims.experience === 0 ? [] : [{ importance: tensors.importance, anchor: tensors.anchor }]
  return {
    name: 'mas',
    rights: { boundary: true, experience: true },
    tensors: {
      sensitivity: { shape: perParameter, init: 0 },
      rows: { shape: () => [], init: 0 },
      importance: { shape: perParameter, init: 0 },
      anchor: { shape: perParameter, init: 0 },
    },
    objective: (c) => penalty.terms(c.params, holds(c)),
    commit: (c) => penalty.commit(c.after, holds(c), c.rate),
    phases: [
      {
        name: 'sensitivity',
        when: { on: 'boundary' },
        fresh: ['sensitivity', 'rows'],
        steps,
        draws: { finished: draw },
        commit: (c) => {
          const rows = c.batches.finished
          if (rows === undefined) return {}
          const loss = length(c.network.apply(c.params, rows.x).logits, c.dims)
          const found = perExampleAbsolutes([{ loss, weight: rows.weights }], c.params)
          return {
            tensors: {
              sensitivity: flush(add(c.tensors.sensitivity, found), momentFloor),
              rows: add(c.tensors.rows, sum(rows.weights)),
            },
          }
        },
      },
      {
        name: 'anchor',
        when: { on: 'boundary' },
        steps: 1,
        commit: ({ tensors: s, params, dims }) => {
          const found = div(s.sensitivity, s.rows)
          const n = dims.experience
          const importance =
            o.accumulate === 'sum' ? add(s.importance, found) : div(add(mul(n - 1, s.importance), found), n)
          return { tensors: { importance: flush(importance, momentFloor), anchor: params } }
        },
      },
    ],
  }
}

/** The plugin `mas`. */
export const masPlugin = plugin({
  name: 'mas',
  sources: [
    {
      paper: 'Aljundi et al. 2018',
      equation: '2-3',
      variant: 'global: gradients of the squared length of the logits, absolute value per row, before averaging',
    },
  ],
  options,
  make: (o) => [mas(o)],
})
