/**
 * Learning without forgetting: on the inputs of the current experience, outputs stay what a frozen copy of the network says. The copy
 * (teacher) is made before each experience after the first, and its loss KD is -sum softmax(teacher/T) ln softmax(student/T), mean over
 * rows. Implementations disagree on T^2, on the weights, and on the outputs over which the two softmaxes run; all of it are options.
 *
 * van de Ven, Tuytelaars & Tolias 2022: temperature 2, timesSquare none, alpha 1, active all, warmUp off, and by scenario
 *   task: weighting k-1, heads each; domain: weighting k-1, heads all; class: weighting constant, heads all.
 * Buzzega et al. 2020 (their code): temperature 2, timesSquare none, alpha 1, weighting constant, heads old, active seen, warmUp
 *   last-layer with warmUpBatch 10; its weight decay of 5e-4 is the optimiser's.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, nonNegative, positive } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { type Layout, mapLayout } from '../graph/layout.js'
import { broadcast, div, literal, mul, stop, sub } from '../graph/ops.js'
import { createPasses } from '../memory/passes.js'
import { distillation } from '../nn/losses/distillation.js'
import { added } from './added.js'
import type { AnyStrategy } from './anyStrategy.js'
import { outputMask } from './outputMask.js'
import { plugin } from './plugin.js'
import type { Dims, Incoming, Scope } from './scope.js'
import type { Uses } from './slots.js'
import type { Phase, Strategy } from './strategy.js'

const options = closed('options of lwf', {
  /** Strength of KD; multiplies what `weighting` gives. 0: naive, unless weighting is 1/k. */
  alpha: withDefault(nonNegative, 1),
  /** T. */
  temperature: withDefault(positive, 2),
  /** `T^2`: KD is multiplied by it, so that gradients keep their size when T changes (Hinton). */
  timesSquare: withDefault(oneOf(['none', 'T^2']), 'none'),
  /** With k experiences so far: `constant`: CE + alpha KD; `1/k`: (1/k) CE + alpha (1 - 1/k) KD; `k-1`: CE + alpha (k - 1) KD. */
  weighting: withDefault(oneOf(['constant', '1/k', 'k-1']), 'constant'),
  /**
   * Softmax of teacher and student. `padded`: teacher over past outputs, zeros for the others; student over all that compete. `old`: both
   * over past outputs. `all`: both over all that compete. `each`: mean over past experiences, both over the outputs that competed there.
   */
  heads: withDefault(oneOf(['padded', 'old', 'all', 'each']), 'padded'),
  /** Outputs that compete: all (of the row's own context, where contexts own outputs), or of those only the ones seen so far. */
  active: withDefault(oneOf(['all', 'seen']), 'all'),
  /**
   * `last-layer`: before the teacher is copied, one shuffled pass of plain gradient descent on the new rows, in the last layer alone, with
   * the cross-entropy over the outputs of these rows. From the second experience on.
   */
  warmUp: withDefault(oneOf(['off', 'last-layer']), 'off'),
  /** Learning rate of the warm-up; `wake`: the base rate of the run's optimiser. */
  warmUpRate: withDefault(orWord(positive, 'wake'), 'wake'),
  /** Rows per step of the warm-up; the last step of the pass has the rest. */
  warmUpBatch: withDefault(count, 10),
})

/** Options of `lwf`. */
export type LwfOptions = t.TypeOf<typeof options>

type Lwf = Uses<{ rights: 'boundary' | 'experience'; tensors: 'teacher'; draws: { rows: 'experience' }; emits: 'loss' }>

/** Outputs over which a softmax of the student and one of the teacher run; absent: all. */
interface Softmaxes {
  readonly student?: readonly number[]
  readonly teacher?: readonly number[]
}

const seen = (d: Dims<Lwf>): readonly number[] => [...d.past, ...d.present]

/** One pair for each loss of which KD is the mean. */
const softmaxes = (o: LwfOptions, d: Dims<Lwf>): readonly Softmaxes[] => {
  if (o.heads === 'each') return d.heads.slice(0, d.experience).map((head) => ({ student: head, teacher: head }))
  if (o.heads === 'old') return [{ student: d.past, teacher: d.past }]
  const competing = o.active === 'seen' ? { student: seen(d) } : {}
  if (o.heads === 'padded') return [{ ...competing, teacher: d.past }]
  return [o.active === 'seen' ? { student: seen(d), teacher: seen(d) } : {}]
}

/** KD on the incoming batch, before alpha and weighting: a scalar. */
const distilled = (o: LwfOptions, c: Scope<Lwf> & Incoming<Lwf>): Expr => {
  const { logits } = c.output
  const teacher = c.network.apply(c.tensors.teacher, c.batch.x).logits
  const among = (listed: readonly number[]): Expr => broadcast(outputMask(listed, c.dims.outputs), logits.shape)
  const values = softmaxes(o, c.dims).map((run) =>
    distillation(logits, teacher, {
      temperature: o.temperature,
      timesSquare: o.timesSquare === 'T^2',
      ...(run.student === undefined ? {} : { active: among(run.student) }),
      ...(run.teacher === undefined ? {} : { teacherActive: among(run.teacher) }),
    }),
  )
  return c.mean(div(added(values), values.length), c.batch)
}

/** What KD weighs beside alpha after so many experiences. */
const weightOf = (o: LwfOptions, past: number): number =>
  o.weighting === 'k-1' ? past : o.weighting === '1/k' ? past / (past + 1) : 1

/** The parameters with nothing flowing to any but those of the last layer: tensors with the prefix of the last one. */
const lastLayer = (layout: Layout, params: Expr): Expr => {
  const prefix = layout.entries.at(-1)?.name.replace(/[^/]*$/, '') ?? ''
  return mapLayout(layout, params, (part, name) => (name.startsWith(prefix) ? part : stop(part)))
}

/** One pass of plain gradient descent in the last layer. What is below it keeps every bit. */
const warmUp = (o: LwfOptions): Phase<Lwf> => {
  const passes = createPasses('keep')
  return {
    name: 'warm-up',
    when: { on: 'start' },
    steps: ({ experience }, at) => (at.experience === 0 ? 0 : Math.ceil(experience / o.warmUpBatch)),
    draws: {
      rows: {
        from: 'experience',
        rows: o.warmUpBatch,
        pick: (from, at) => passes(at.key, from.size, o.warmUpBatch, at.index),
      },
    },
    commit: (c) => {
      const rows = c.batches.rows
      if (rows === undefined) return {}
      const { layout, outputs, present } = c.dims
      const { logits } = c.network.apply(lastLayer(layout, c.params), rows.x)
      const loss = c.mean(c.losses(logits, rows.y, rows, outputMask(present, outputs)), rows)
      const rate = o.warmUpRate === 'wake' ? c.rate : o.warmUpRate
      return { params: sub(c.params, mul(rate, grad(loss, c.params))), emits: { loss } }
    },
  }
}

/** The teacher of the coming experience: the network as it is. */
const teach: Phase<Lwf> = {
  name: 'teacher',
  when: { on: 'start' },
  steps: (_, at) => (at.experience === 0 ? 0 : 1),
  commit: ({ params }) => ({ tensors: { teacher: params } }),
}

/** Learning without forgetting as a strategy. It replaces the scenario's loss only where not all outputs compete. */
export const lwf = (o: LwfOptions): AnyStrategy => {
  const made: Strategy<Lwf> = {
    name: 'lwf',
    rights: { boundary: true, experience: true },
    tensors: { teacher: { shape: (d) => [d.layout.size], init: 'params' } },
    objective: (c) =>
      c.dims.experience === 0
        ? []
        : [{ name: 'distillation', value: mul(o.alpha * weightOf(o, c.dims.experience), distilled(o, c)) }],
    ...(o.weighting === '1/k' ? { weight: (c) => literal(1 / (c.dims.experience + 1)) } : {}),
    ...(o.active === 'seen'
      ? {
          loss: (c) =>
            c.mean(c.losses(c.output.logits, c.batch.y, c.batch, outputMask(seen(c.dims), c.dims.outputs)), c.batch),
        }
      : {}),
    phases: o.warmUp === 'off' ? [teach] : [warmUp(o), teach],
  }
  const readsRows = o.heads === 'padded' || o.heads === 'old' || o.active === 'seen' || o.warmUp !== 'off'
  return { ...made, rights: { boundary: true, ...(readsRows ? { experience: true } : {}) } }
}

/** The plugin `lwf`. */
export const lwfPlugin = plugin({
  name: 'lwf',
  sources: [
    { paper: 'Li & Hoiem 2017', equation: '2', variant: 'distillation on the current inputs, one softmax' },
    { paper: 'Hinton, Vinyals & Dean 2015', equation: '-', variant: 'timesSquare: T^2' },
    {
      paper: 'van de Ven, Tuytelaars & Tolias 2022',
      equation: '-',
      variant:
        'no T^2; weighting k-1 with heads each (task) and all (domain), weighting constant with heads all (class)',
    },
    {
      paper: 'Buzzega et al. 2020 (DER)',
      equation: '-',
      variant: 'heads: old, active: seen, warmUp: last-layer, as their code runs it',
    },
  ],
  options,
  make: (o) => [lwf(o)],
})
