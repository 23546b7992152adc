/**
 * Elastic weight consolidation: parameters that mattered for past contexts are held near where they were.
 * Importance is the diagonal of the Fisher information; the penalty is lambda/2 sum_i F_i (theta_i - anchor_i)^2.
 * A learner does not know which boundary is the last, so importance and anchor are also made after the last context, and counted.
 */
import * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, fraction, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import type { Expr } from '../graph/expr.js'
import { add, assemble, div, flush, literal, mul, slice, square, sub, sum } from '../graph/ops.js'
import { perExampleSquares } from '../graph/perExample.js'
import { momentFloor } from '../graph/primitives/flush.js'
import { sample, uniforms } from '../random/draw.js'
import { folded } from '../random/key.js'
import { added } from './added.js'
import { fisherTerms } from './fisher.js'
import { plugin } from './plugin.js'
import type { Dims } from './scope.js'
import type { Uses } from './slots.js'
import type { Strategy } from './strategy.js'

const options = closed('options of ewc', {
  /** Strength of the penalty. */
  lambda: nonNegative,
  /** `multi`: one anchor and importance per past context; `online`: one anchor, importances summed. */
  mode: withDefault(oneOf(['multi', 'online']), 'online'),
  /** Decay of the summed importance at each boundary, in mode `online`. */
  gamma: withDefault(fraction, 1),
  /** Which labels the gradients are of. */
  fisher: withDefault(oneOf(['exact', 'sample', 'predicted', 'empirical']), 'exact'),
  /** Rows of the finished experience that the estimate uses, drawn without replacement. */
  rows: withDefault(t.union([count, oneOf(['all'])]), 'all'),
  /** Divides the sum of squares: the number of rows, or one less as the code of van de Ven et al. */
  divisor: withDefault(oneOf(['N', 'N-1']), 'N'),
  /** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
  step: withDefault(oneOf(['explicit', 'proximal']), 'explicit'),
  /** Rows per step of the estimate. */
  batch: withDefault(count, 128),
})

/** Options of `ewc`. */
export type EwcOptions = t.TypeOf<typeof options>

type Ewc = Uses<{
  rights: 'boundary' | 'experience'
  tensors: 'fisher' | 'rows' | 'importance' | 'anchor'
  draws: { finished: 'experience' }
  feeds: 'uniform'
}>

/** One penalty of the sum: its anchor and importance, [P] each. */
interface Hold {
  readonly importance: Expr
  readonly anchor: Expr
}

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
  const total = (rows: number): number => (o.rows === 'all' ? rows : Math.min(o.rows, rows))
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
    objective: ({ tensors, params, dims }) => {
      const penalties = holds(tensors, dims).map((h) => sum(mul(h.importance, square(sub(params, h.anchor)))))
      return penalties.length === 0 || o.step === 'proximal'
        ? []
        : [{ name: 'penalty', value: mul(literal(o.lambda / 2), added(penalties)) }]
    },
    commit: ({ tensors, after, dims, rate }) => {
      const held = holds(tensors, dims)
      if (held.length === 0 || o.step === 'explicit') return {}
      const pull = (h: Hold): Expr => mul(rate * o.lambda, h.importance)
      return {
        params: div(add(after, ...held.map((h) => mul(pull(h), h.anchor))), add(1, ...held.map(pull))),
      }
    },
    phases: [
      {
        name: 'fisher',
        when: { on: 'boundary' },
        fresh: ['fisher', 'rows'],
        steps: ({ experience }) => Math.ceil(total(experience) / o.batch),
        draws: {
          finished: {
            from: 'experience',
            rows: o.batch,
            pick: (from, at) => {
              const first = at.index * o.batch
              const length = Math.min(o.batch, total(from.size) - first)
              if (o.rows === 'all' || o.rows >= from.size) return Int32Array.from({ length }, (_, i) => first + i)
              return sample(at.key, from.size, total(from.size)).subarray(first, first + length)
            },
          },
        },
        commit: (c) => {
          const rows = c.batches.finished
          if (rows === undefined) return {}
          const logits = c.network.apply(c.params, rows.x).logits
          const terms = fisherTerms(
            o.fisher,
            (labels) => c.losses(logits, labels, rows),
            rows,
            { count: c.dims.outputs, active: c.dims.active },
            c.feeds.uniform,
          )
          return {
            tensors: {
              fisher: flush(add(c.tensors.fisher, perExampleSquares(terms, c.params)), momentFloor),
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
  ],
  options,
  make: (o) => [ewc(o)],
})
