/**
 * Elastic weight consolidation: parameters that mattered for past contexts are held near where they were.
 * Importance is the diagonal of the Fisher information; the penalty is lambda/2 sum_i F_i (theta_i - anchor_i)^2.
 * A learner does not know which boundary is the last, so importance and anchor are also made after the last context, and counted.
 */
import type * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { count, fraction, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { optional, withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { add, assemble, div, flush, mul, slice, sub } from '../graph/ops.js'
import { momentFloor } from '../graph/primitives/flush.js'
import { uniforms } from '../random/draw.js'
import { folded } from '../random/key.js'
import { finished } from './finished.js'
import { fisherSum } from './fisher.js'
import { plugin } from './plugin.js'
import { type Hold, quadratic } from './quadratic.js'
import type { Dims } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const fields = closed('options of ewc', {
  /** Strength of the penalty. */
  lambda: nonNegative,
  /** `half`, also when absent: lambda/2, as in the paper; `one`: lambda, as in the code of Buzzega et al. */
  factor: optional(oneOf(['half', 'one'])),
  /** `multi`: one anchor and importance per past context; `online`: one anchor, importances summed. */
  mode: withDefault(oneOf(['multi', 'online']), 'online'),
  /** Decay of the summed importance at each boundary, in mode `online`. */
  gamma: withDefault(fraction, 1),
  /** Which labels the gradients are of: see `fisherTerms`. `batched` squares mean gradients, which is biased: to reproduce others only. */
  fisher: withDefault(oneOf(['exact', 'sample', 'predicted', 'empirical', 'weighted', 'batched']), 'exact'),
  /** Rows of the finished experience that the estimate uses, drawn without replacement. */
  rows: withDefault(orWord(count, 'all'), 'all'),
  /** Divides the sum of squares: the number of rows (of batches, if batched), or one less as the code of van de Ven et al. */
  divisor: withDefault(oneOf(['N', 'N-1']), 'N'),
  /** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
  step: withDefault(oneOf(['explicit', 'proximal']), 'explicit'),
  /** Rows per step of the estimate. */
  batch: withDefault(count, 128),
})

/** With an anchor for every experience there is no sum that could decay. */
const options = checked(fields, (o) =>
  o.mode === 'multi' && o.gamma !== 1 ? [{ at: ['gamma'], expected: "1 unless mode is 'online'" }] : [],
)

/** Options of `ewc`. */
export type EwcOptions = t.TypeOf<typeof options>

type Ewc = Uses<{
  rights: 'boundary' | 'experience'
  tensors: 'fisher' | 'rows' | 'importance' | 'anchor'
  draws: { finished: 'experience' }
  feeds: 'uniform'
}>

/** Elastic weight consolidation as a strategy. */
export const ewc = (o: EwcOptions): Strategy<Ewc> => {
  const kept = (d: Dims<Ewc>): readonly number[] => [d.layout.size * (o.mode === 'multi' ? d.experience : 1)]
  const holds = (s: Readonly<Record<'importance' | 'anchor', Expr>>, d: Dims<Ewc>): readonly Hold[] => {
    const size = d.layout.size
    if (d.experience === 0) return []
    if (o.mode === 'online') return [{ importance: s.importance, anchor: s.anchor }]
    return Array.from({ length: d.experience }, (_, i) => ({
      importance: slice(s.importance, i * size, [size]),
      anchor: slice(s.anchor, i * size, [size]),
    }))
  }
  const penalty = quadratic(o.factor === 'one' ? o.lambda : o.lambda / 2, o.step)
  const { steps, draw } = finished(o)
  return {
    name: 'ewc',
    rights: { boundary: true, experience: true },
    tensors: {
      fisher: { shape: (d) => [d.layout.size], init: 0 },
      rows: { shape: () => [], init: 0 },
      importance: { shape: kept, init: 0 },
      anchor: { shape: kept, init: 0 },
    },
    feeds: {
      uniform: { shape: () => [o.batch], from: (at) => Float32Array.from(uniforms(folded(at.key, at.index), o.batch)) },
    },
    objective: ({ tensors, params, dims }) => penalty.terms(params, holds(tensors, dims)),
    commit: ({ tensors, after, dims, rate }) => penalty.commit(after, holds(tensors, dims), rate),
    phases: [
      {
        name: 'fisher',
        when: { on: 'boundary' },
        fresh: ['fisher', 'rows'],
        steps,
        draws: { finished: draw },
        commit: (c) => {
          const rows = c.batches.finished
          if (rows === undefined) return {}
          const logits = c.network.apply(c.params, rows.x).logits
          const found = fisherSum(o.fisher, c.params, {
            losses: (labels) => c.losses(logits, labels, rows),
            mean: (values) => c.mean(values, rows),
            rows,
            outputs: { count: c.dims.outputs, active: c.dims.active },
            uniform: c.feeds.uniform,
          })
          return {
            tensors: {
              fisher: flush(add(c.tensors.fisher, found.squares), momentFloor),
              rows: add(c.tensors.rows, found.count),
            },
          }
        },
      },
      {
        name: 'anchor',
        when: { on: 'boundary' },
        steps: 1,
        commit: ({ tensors: s, params, dims }) => {
          const size = dims.layout.size
          const fisher = div(s.fisher, o.divisor === 'N' ? s.rows : sub(s.rows, 1))
          if (o.mode === 'online')
            return {
              tensors: { importance: flush(add(mul(o.gamma, s.importance), fisher), momentFloor), anchor: params },
            }
          const last = (dims.experience - 1) * size
          const appended = (old: Expr, value: Expr): Expr =>
            last === 0
              ? value
              : assemble(last + size, [
                  { at: 0, value: slice(old, 0, [last]) },
                  { at: last, value },
                ])
          return {
            tensors: {
              importance: appended(s.importance, flush(fisher, momentFloor)),
              anchor: appended(s.anchor, params),
            },
          }
        },
      },
    ],
  }
}

/** The plugin `ewc`. */
export const ewcPlugin = plugin({
  name: 'ewc',
  sources: [
    {
      paper: 'Kirkpatrick et al. 2017',
      equation: '3',
      variant: 'with the factor 1/2; mode multi: one penalty per past context',
    },
    {
      paper: 'Huszar 2018',
      equation: '-',
      variant: 'mode online: one penalty at the latest optimum, importances summed',
    },
    { paper: 'Schwarz et al. 2018', equation: '-', variant: 'mode online: decay gamma of the summed importance' },
    { paper: 'van de Ven 2025', equation: '-', variant: 'estimators of the Fisher information; exact by default' },
    {
      paper: 'Buzzega et al. 2020 (code)',
      equation: '-',
      variant: 'factor one, fisher weighted: lambda without 1/2, rows weighted by the probability of their true label',
    },
  ],
  options,
  make: (o) => [ewc(o)],
})
