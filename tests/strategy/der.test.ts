import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { der } from '../../src/strategy/der.js'
import { derPp, type DerPpOptions } from '../../src/strategy/derPp.js'
import { tinyLearner } from '../support/learner.js'
import {
  descend,
  entropyPull,
  logitsOf,
  minus,
  type Pull,
  rehearsed,
  type Remembered,
  scaled,
  watched,
} from '../support/rehearsal.js'
import { batchOf, scopeOf, valueOf, worst } from '../support/scope.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const options: DerPpOptions = { capacity: 200, rows: 8, alpha: 0.5, reduction: 'mean', beta: 0.75, draws: 'two' }
const method = (name: 'der' | 'der-pp', changes: Partial<DerPpOptions> = {}): AnyStrategy =>
  name === 'der' ? der({ ...options, ...changes }) : derPp({ ...options, ...changes })

const kinds = ['task', 'domain', 'class'] as const

describe('stored logits', () => {
  it.each(kinds)('are those of the parameters before the step (%s, to 1e-6)', (kind) => {
    const learner = tinyLearner([method('der')], { steps: 1, stream: tinyStream(kind) })
    const { inputs, outputs, scale } = tinyStream(kind)
    for (const done of [0, 8, 16]) {
      const before = learner.read('params')
      learner.learn()
      const pixels = learner.read('der/memory/x').map((pixel) => pixel / scale)
      const stored = learner.read('der/memory/column/logits').slice(done * outputs, (done + 8) * outputs)
      const wanted = (params: readonly number[]): readonly number[] =>
        Array.from({ length: 8 }, (_, i) =>
          logitsOf(params, pixels.slice((done + i) * inputs, (done + i + 1) * inputs), outputs),
        ).flat()
      expect(worst(stored, wanted(before))).toBeLessThan(1e-6)
      expect(worst(stored, wanted(learner.read('params')))).toBeGreaterThan(1e-3)
    }
  })

  it('are counted as memory, four bytes each, beside pixels and label', () => {
    const row = 6 + 4 + 4 * 6
    for (const name of ['der', 'der-pp'] as const)
      expect(tinyRun([method(name, { capacity: 12 })], 'class').costs.bytes.buffers).toBe(12 * row)
  })
})

describe('the terms of der', () => {
  const c = scopeOf(1, {
    batch: batchOf('batch', 3),
    batches: { recalled: batchOf('m', 3, { logits: input('stored', [3, 2]) }) },
  })
  const env = {
    // rows of the identity and their sum: logits are the rows of the weight, and their sum
    params: [0.5, 0.25, -1, 0.5, 0, 0],
    'm/x': [1, 0, 0, 1, 1, 1],
    'm/y': [0, 1, 0],
    // the last row is padding
    'm/weights': [1, 1, 0],
    stored: [1, 0, 0, 2, 9, 9],
  }
  const squares = 0.5 ** 2 + 0.25 ** 2 + 1 + 1.5 ** 2
  const value = (reduction: 'mean' | 'sum'): number =>
    valueOf(method('der', { reduction }).objective?.(c)[0]?.value, env)

  it('are a mean over rows and outputs, padding left out', () => {
    expect(value('mean')).toBeCloseTo((0.5 * squares) / 4, 12)
  })

  it('are so many times as much as there are outputs, when they are summed', () => {
    expect(value('sum')).toBeCloseTo(2 * value('mean'), 12)
  })

  it('are none before a row is held', () => {
    for (const name of ['der', 'der-pp'] as const) expect(method(name).objective?.(scopeOf(0))).toEqual([])
  })
})

describe('the draws of der-pp', () => {
  /** How often each pair of slots was drawn, one row each of four. */
  const pairs = (draws: 'one' | 'two') => {
    const { strategy, given } = watched(method('der-pp', { capacity: 4, rows: 1, draws }))
    tinyRun([strategy], 'class', { training: { batch: 8, iterations: 550 }, model: linear })
    // all four slots are held from the second step on
    return given.slice(50).map(({ slots }) => [slots['recalled']?.[0] ?? -1, slots['relearned']?.[0] ?? -1] as const)
  }
  const linear = { kind: 'mlp', hidden: [], initialiser: 'pytorch' } as const

  it('are independent: all 16 pairs of slots are equally likely (chi-squared below its 99.9 % point)', () => {
    const drawn = pairs('two')
    const counts = Array.from({ length: 16 }, (_, i) => drawn.filter(([a, b]) => 4 * a + b === i).length)
    const each = drawn.length / 16
    expect(drawn.length).toBe(1600)
    // 15 degrees of freedom
    expect(counts.reduce((s, n) => s + (n - each) ** 2 / each, 0)).toBeLessThan(37.7)
  })

  it('are the same rows when there is one', () => {
    expect(pairs('one').every(([, again]) => again === -1)).toBe(true)
  })
})

describe.each(['der', 'der-pp'] as const)('%s', (name) => {
  it('with weights 0 learns what naive learns, bit for bit', () => {
    for (const kind of kinds)
      expect(learnedIn(tinyRun([method(name, { alpha: 0, beta: 0 })], kind))).toEqual(learnedIn(tinyRun([], kind)))
  })

  it.each(kinds)('moves parameters as a plain loop in f64 does, in 15 steps (%s, to 1e-5)', (kind) => {
    for (const reduction of ['mean', 'sum'] as const)
      for (const draws of ['two', 'one'] as const) {
        const run = rehearsed(method(name, { reduction, draws }), kind)
        const { rows, outputs, among, rate } = run
        const stored: (readonly number[])[] = []
        let params = run.start
        for (const { incoming, slots } of run.steps) {
          const logits = ({ x }: Remembered): readonly number[] => logitsOf(params, x, outputs)
          const learned = (row: Remembered | undefined, weight: number): Pull[] =>
            row === undefined ? [] : [{ x: row.x, logits: scaled(entropyPull(logits(row), row.y, among(row)), weight) }]
          const recalled = slots['recalled'] ?? []
          const relearned = draws === 'one' ? recalled : (slots['relearned'] ?? [])
          const spread = recalled.length * (reduction === 'mean' ? outputs : 1)
          const pulls = [
            ...incoming.flatMap((row) => learned(row, 1 / 8)),
            ...recalled.flatMap((slot) => {
              const row = rows[slot]
              if (row === undefined) return []
              return [{ x: row.x, logits: scaled(minus(logits(row), stored[slot] ?? []), (2 * 0.5) / spread) }]
            }),
            ...(name === 'der' ? [] : relearned.flatMap((slot) => learned(rows[slot], 0.75 / relearned.length))),
          ]
          stored.push(...incoming.map(logits))
          params = descend(params, pulls, rate)
        }
        expect(rows.length).toBe(120)
        expect(worst(run.end, params)).toBeLessThan(1e-5)
      }
  })

  it('is refused with fewer rows than outputs', () => {
    const facts = { kind: 'class', outputs: 6, contexts: 3, experiences: 3 } as const
    expect(method(name, { capacity: 6 }).refuse?.(facts)).toEqual([])
    expect(method(name, { capacity: 5 }).refuse?.(facts)).toHaveLength(1)
  })
})
