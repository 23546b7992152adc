/** Rehearsal by plain loops over numbers, for a linear softmax network: the numbers share nothing with the code under test. */
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Stream } from '../../src/stream/stream.js'
import { tinyLearner } from './learner.js'
import { tinyStream } from './tiny.js'

/** Logits of a row: `params` are a weight [inputs, outputs], row by row, and a bias. */
export const logitsOf = (params: readonly number[], x: readonly number[], outputs: number): readonly number[] =>
  Array.from({ length: outputs }, (_, k) =>
    x.reduce((z, xi, i) => z + xi * (params[i * outputs + k] ?? 0), params[x.length * outputs + k] ?? 0),
  )

/** Probabilities among the outputs `among`, 0 elsewhere. */
export const softmaxOf = (logits: readonly number[], among: readonly number[]): readonly number[] => {
  const most = Math.max(...among.map((k) => logits[k] ?? 0))
  const total = among.reduce((s, k) => s + Math.exp((logits[k] ?? 0) - most), 0)
  return logits.map((z, k) => (among.includes(k) ? Math.exp(z - most) / total : 0))
}

/** A row and how the objective changes with each of its logits. */
export interface Pull {
  readonly x: readonly number[]
  readonly logits: readonly number[]
}

/** Gradient of the cross-entropy of a row in its logits. */
export const entropyPull = (logits: readonly number[], y: number, among: readonly number[]): readonly number[] =>
  softmaxOf(logits, among).map((p, k) => p - (k === y ? 1 : 0))

/** Parameters after a step of gradient descent along the sum of all pulls. */
export const descend = (params: readonly number[], pulls: readonly Pull[], rate: number): readonly number[] => {
  const next = [...params]
  for (const { x, logits } of pulls)
    logits.forEach((dz, k) => {
      const outputs = logits.length
      x.forEach((xi, i) => {
        next[i * outputs + k] = (next[i * outputs + k] ?? 0) - rate * dz * xi
      })
      const bias = x.length * outputs + k
      next[bias] = (next[bias] ?? 0) - rate * dz
    })
  return next
}

/** `values` times `factor`. */
export const scaled = (values: readonly number[], factor: number): readonly number[] => values.map((v) => v * factor)

/** `a` minus `b`, element by element. */
export const minus = (a: readonly number[], b: readonly number[]): readonly number[] => a.map((v, i) => v - (b[i] ?? 0))

/** What a strategy was given at one step: slots by draw, and the one number of every feed. */
export interface Given {
  readonly slots: Readonly<Record<string, readonly number[]>>
  readonly feeds: Readonly<Record<string, number>>
}

/** The strategy, and what it was given, by step. */
export const watched = (
  strategy: AnyStrategy,
): { readonly strategy: AnyStrategy; readonly given: readonly Given[] } => {
  const given: { slots: Record<string, readonly number[]>; feeds: Record<string, number> }[] = []
  const at = (step: number) => {
    given[step] ??= { slots: {}, feeds: {} }
    return given[step]
  }
  const draws = Object.entries(strategy.draws ?? {}).map(([name, draw]) => [
    name,
    draw && {
      ...draw,
      pick: (...[from, when]: Parameters<typeof draw.pick>) => {
        const slots = draw.pick(from, when)
        at(when.index).slots[name] = [...slots]
        return slots
      },
    },
  ])
  const feeds = Object.entries(strategy.feeds ?? {}).map(([name, feed]) => [
    name,
    {
      ...feed,
      from: (when: Parameters<typeof feed.from>[0]) => {
        const value = feed.from(when)
        at(when.index).feeds[name] = Number(value)
        return value
      },
    },
  ])
  return { strategy: { ...strategy, draws: Object.fromEntries(draws), feeds: Object.fromEntries(feeds) }, given }
}

/** A row of a buffer as the network meets it. */
export interface Remembered {
  readonly x: readonly number[]
  readonly y: number
  readonly context: number
}

/** Five steps of 8 new rows in each of three contexts; `memory` has room for them all, so that slots are numbers of rows. */
export const rehearsed = (strategy: AnyStrategy, kind: Stream['kind']) => {
  const rate = 0.25
  const { strategy: seen, given } = watched(strategy)
  const optimiser = { name: 'sgd', rate, boundary: 'keep' } as const
  const stream = tinyStream(kind)
  const learner = tinyLearner([seen], { steps: 5, stream, optimiser })
  const start = learner.read('params')
  for (let context = 0; context < 3; context++) learner.learn()
  const memory = learner.world.buffers.get(`${strategy.name}/memory`)
  const pixels = learner.read(`${strategy.name}/memory/x`)
  const { inputs, outputs, scale, contexts } = stream
  const rows = Array.from(
    { length: memory?.size ?? 0 },
    (_, i): Remembered => ({
      x: pixels.slice(inputs * i, inputs * (i + 1)).map((pixel) => pixel / scale),
      y: memory?.labels[i] ?? -1,
      context: memory?.contexts[i] ?? -1,
    }),
  )
  return {
    rate,
    outputs,
    start,
    end: learner.read('params'),
    read: learner.read,
    rows,
    /** Outputs that compete for a row. */
    among: ({ context }: Remembered): readonly number[] => contexts[context]?.active ?? [],
    // a draw from an empty buffer is not asked for
    steps: Array.from({ length: 15 }, (_, step) => ({
      incoming: rows.slice(8 * step, 8 * (step + 1)),
      slots: given[step]?.slots ?? {},
      feeds: given[step]?.feeds ?? {},
    })),
  }
}
