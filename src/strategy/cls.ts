/**
 * Complementary learning systems. Hippocampus: a reservoir of rows with the logits of the moment they were seen.
 * Neocortex: the working network and its slow copy, which predicts. Wake: learn the incoming rows, and hold replayed rows to what
 * the memories say of them. Sleep: the same without incoming rows, balanced over classes, under a budget. A class is an output here:
 * in domain-incremental streams, where contexts share outputs, sleep is balanced over outputs and not over contexts.
 */
import type * as t from 'io-ts'
import { closed } from '../codec/closed.js'
import { count, fraction, natural, nonNegative } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { withDefault } from '../codec/optional.js'
import { orWord } from '../codec/orWord.js'
import type { Expr } from '../graph/expr.js'
import { add, literal, mul } from '../graph/ops.js'
import { balanced } from '../memory/balanced.js'
import { uniform } from '../memory/uniform.js'
import { folded } from '../random/key.js'
import { agreement } from './agreement.js'
import type { AnyPhase, AnyStrategy } from './anyStrategy.js'
import { distance } from './distance.js'
import { keepBy } from './keepBy.js'
import { policies } from '../memory/policies.js'
import { plugin } from './plugin.js'
import type { Batch, CommitContext, Incoming, Scope, Updates } from './scope.js'
import { share } from './share.js'
import { slowCopy } from './slowCopy.js'
import type { Uses } from './slots.js'
import type { Step, Strategy } from './strategy.js'
import { surer } from './surer.js'
import { tooSmall } from './tooSmall.js'

const options = closed('options of cls', {
  /** Rows the hippocampus holds. */
  capacity: natural,
  /** Replay while awake. */
  replay: withDefault(oneOf(['on', 'off']), 'on'),
  /** Rows replayed per step, awake and asleep. */
  rows: withDefault(count, 128),
  /** Weight of the consistency term. */
  consistency: withDefault(nonNegative, 2),
  /** What replayed rows are held to: the slow copy, the stored logits, or for each row the one that gives its class the higher probability. */
  target: withDefault(oneOf(['slow', 'stored', 'better']), 'better'),
  /** Decay of the slow copy per step. */
  decay: withDefault(fraction, 0.99),
  /** Sleep at each boundary, or after so many rows of the stream. */
  sleep: withDefault(orWord(count, 'boundary'), 'boundary'),
  /** Steps of a sleep at most. */
  steps: withDefault(natural, 500),
  /** Budget of a sleep in multiply-accumulates, granted before it is spent; 0: no sleep. */
  macs: withDefault(natural, 2 ** 53 - 1),
  /** Rows on which loss and agreement are measured before and after a sleep. */
  probe: withDefault(count, 256),
})

/** Options of `cls`. */
export type ClsOptions = t.TypeOf<typeof options>

type Cls = Uses<{
  tensors: 'slow' | 'updates'
  buffers: { hippocampus: 'logits' }
  draws: { replay: 'hippocampus' }
  emits: 'loss' | 'agreement'
}>

/** Cross-entropy of a replayed batch and its distance to the memories, one scalar each. */
const recall = (
  o: ClsOptions,
  c: Scope<Cls>,
  m: Batch<Cls, 'logits'>,
): { readonly loss: Expr; readonly distance: Expr } => {
  const logits = c.network.apply(c.params, m.x).logits
  const slow = (): Expr => c.network.apply(c.tensors.slow, m.x).logits
  const stored = m.columns.logits
  const target = o.target === 'slow' ? slow() : o.target === 'stored' ? stored : surer(c.losses, m, slow(), stored)
  return {
    loss: c.mean(c.losses(logits, m.y, m), m),
    distance: c.mean(distance(logits, target, 'mean'), m),
  }
}

const average = (o: ClsOptions, c: CommitContext<Cls, unknown>): NonNullable<Updates<Cls>['tensors']> => ({
  slow: slowCopy(c.tensors.slow, c.after, c.tensors.updates, o.decay),
  updates: add(c.tensors.updates, 1),
})

const wake = (o: ClsOptions): Step<Cls, Incoming<Cls>> => ({
  draws: {
    replay: {
      from: 'hippocampus',
      rows: o.rows,
      pick: (from, at) => uniform(folded(at.key, at.index), o.replay === 'on' ? from.size : 0, o.rows),
    },
  },
  weight: (c) => (c.batches.replay === undefined ? literal(1) : share(c.batch, c.batches.replay)),
  objective: (c) => {
    const m = c.batches.replay
    if (m === undefined) return []
    const { loss, distance } = recall(o, c, m)
    return [
      { name: 'replay', value: mul(share(m, c.batch), loss) },
      { name: 'consistency', value: mul(o.consistency, distance) },
    ]
  },
  commit: (c) => ({ tensors: average(o, c), columns: { hippocampus: { logits: c.output.logits } } }),
  keep: { hippocampus: { from: 'batch', admit: keepBy(policies.reservoir) } },
})

const asleep = (o: ClsOptions): Step<Cls, unknown> => ({
  draws: {
    replay: {
      from: 'hippocampus',
      rows: o.rows,
      pick: (from, at) => balanced(folded(at.key, at.index), from.labels, o.rows, at.index),
    },
  },
  objective: (c) => {
    const m = c.batches.replay
    if (m === undefined) return []
    const { loss, distance } = recall(o, c, m)
    return [
      { name: 'replay', value: loss },
      { name: 'consistency', value: mul(o.consistency, distance) },
    ]
  },
  commit: (c) => ({ tensors: average(o, c) }),
})

/** Measures the working network on evenly spaced rows of the hippocampus, the same before and after a sleep. */
const measure = (o: ClsOptions): Step<Cls, unknown> => ({
  draws: {
    replay: {
      from: 'hippocampus',
      rows: o.probe,
      pick: (from) => {
        const n = Math.min(o.probe, from.size)
        return Int32Array.from({ length: n }, (_, i) => Math.floor((i * from.size) / n))
      },
    },
  },
  commit: (c) => {
    const m = c.batches.replay
    if (m === undefined) return {}
    const logits = c.network.apply(c.params, m.x).logits
    return {
      emits: {
        loss: c.mean(c.losses(logits, m.y, m), m),
        agreement: c.mean(agreement(logits, c.network.apply(c.tensors.slow, m.x).logits), m),
      },
    }
  },
})

/** Complementary learning systems as a strategy. With a budget of zero the sleep is granted no step, and nothing is measured. */
export const cls = (o: ClsOptions): AnyStrategy => {
  const when = o.sleep === 'boundary' ? { on: 'boundary' as const } : { on: 'rows' as const, every: o.sleep }
  const sleep: AnyPhase = { name: 'sleep', when, steps: o.steps, budget: { macs: o.macs }, ...asleep(o) }
  const probe = (name: string): AnyPhase => ({ name, when, steps: 1, ...measure(o) })
  const asleepNever = o.macs === 0 || o.steps === 0
  const predict: NonNullable<Strategy<Cls>['predict']> = (c) => c.network.apply(c.tensors.slow, c.x).logits
  return {
    name: 'cls',
    rights: o.sleep === 'boundary' ? { boundary: true } : {},
    tensors: {
      slow: { shape: (d) => [d.layout.size], init: 'params' },
      updates: { shape: () => [], init: 0 },
    },
    buffers: { hippocampus: { capacity: o.capacity, columns: { logits: (d) => d.outputs } } },
    ...wake(o),
    predict,
    // without replay and sleep nothing is rehearsed, and no buffer is too small
    refuse: (facts) => (o.replay === 'off' && asleepNever ? [] : tooSmall('cls', o.capacity, facts)),
    phases: asleepNever ? [sleep] : [probe('before'), sleep, probe('after')],
  }
}

/** The plugin `cls`. */
export const clsPlugin = plugin({
  name: 'cls',
  sources: [
    {
      paper: "McClelland, McNaughton & O'Reilly 1995",
      equation: '-',
      variant: 'roles: fast store, slow network, interleaved replay',
    },
    {
      paper: 'Arani, Sarfraz & Zonooz 2022 (CLS-ER)',
      equation: '2-4',
      variant: 'one slow copy, updated at every step; stored logits take the part of the plastic copy',
    },
    { paper: 'Buzzega et al. 2020 (DER)', equation: '5', variant: 'logits stored when a row is seen; target: stored' },
  ],
  options,
  make: (o) => [cls(o)],
})
