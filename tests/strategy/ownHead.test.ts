import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { drawOfAll } from '../../src/strategy/pastDraws.js'
import { keepBy } from '../../src/strategy/keepBy.js'
import { policies } from '../../src/memory/policies.js'
import type { Method } from '../../src/strategy/method.js'
import { strategies } from '../../src/strategy/registry.js'
import { tinyLearner } from '../support/learner.js'
import { tinyStream } from '../support/tiny.js'

/** Cross-entropy of the logits at `from`, over the outputs `active`. */
const crossEntropy = (logits: Float32Array, from: number, label: number, active: readonly number[]): number =>
  Math.log(active.map((k) => Math.exp(logits[from + k] ?? 0)).reduce((a, b) => a + b, 0)) -
  (logits[from + label] ?? Number.NaN)

describe('a replayed row in a task-incremental stream', () => {
  it('has the loss over the outputs of its own context, whichever is learned (to 1e-5)', () => {
    const met = new Set<string>()
    let worst = 0
    const watch: AnyStrategy = {
      name: 'watch',
      rights: { boundary: true, context: true },
      buffers: { memory: { capacity: 30, columns: {} } },
      keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } },
      draws: { rows: drawOfAll({ rows: 16, order: 'uniform' }) },
      commit: ({ network, params, losses, batches: { rows } }) => {
        if (rows === undefined) return {}
        const { logits } = network.apply(params, rows.x)
        return { emits: { logits, losses: losses(logits, rows.y, rows) } }
      },
      observe: (host, { experience, drawn: { rows }, emits: { logits, losses } }) => {
        rows?.labels.forEach((label, i) => {
          const context = rows.contexts?.[i] ?? -1
          const wanted = crossEntropy(logits ?? new Float32Array(0), 6 * i, label, [2 * context, 2 * context + 1])
          worst = Math.max(worst, Math.abs((losses?.[i] ?? Number.NaN) - wanted))
          met.add(`${context} in ${experience}`)
        })
        return host
      },
    }
    const learner = tinyLearner([watch], { stream: tinyStream('task') })
    for (let i = 0; i < 3; i++) learner.learn()
    expect(worst).toBeLessThan(1e-5)
    expect([...met].sort()).toEqual(['0 in 0', '0 in 1', '0 in 2', '1 in 1', '1 in 2', '2 in 2'])
  })

  const replaying: readonly (readonly [string, object])[] = [
    ['naive', {}],
    ['replay', { capacity: 12, rows: 8 }],
    ['er-ace', { capacity: 12, rows: 8 }],
  ]
  it.each(replaying)('moves the outputs of contexts that were met, and no others: %s', (name, options) => {
    const plugin = strategies.find((p) => p.name === name)
    const decoded = plugin === undefined ? undefined : decodeWith(plugin.options, options)
    if (plugin === undefined || decoded === undefined || E.isLeft(decoded)) throw new Error(name)
    const method: Method = plugin.make(decoded.right)
    const optimiser = { name: 'sgd', rate: 0.1, boundary: 'keep' } as const
    const learner = tinyLearner(method, { stream: tinyStream('task'), hidden: [4], optimiser })
    /** Weights and biases into each output: the last 4 x 6 and 6 parameters. */
    const columns = () => {
      const head = learner.read('params').slice(-30)
      return Array.from({ length: 6 }, (_, k) => head.filter((_v, i) => i % 6 === k))
    }
    const moved: number[][] = []
    for (let i = 0; i < 2; i++) {
      const before = columns()
      learner.learn()
      moved.push(columns().flatMap((column, k) => (column.some((v, j) => v !== before[k]?.[j]) ? [k] : [])))
    }
    expect(moved).toEqual([[0, 1], name === 'naive' ? [2, 3] : [0, 1, 2, 3]])
  })
})
