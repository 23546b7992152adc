import { describe, expect, it } from 'vitest'
import { adam } from '../../src/optim/adam.js'
import { mul, square, sub, sum } from '../../src/graph/ops.js'
import { merged } from '../../src/stream/merged.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { replay } from '../../src/strategy/replay.js'
import type { Progress } from '../../src/train/progress.js'
import { run } from '../../src/train/run.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const options = {
  capacity: 20,
  fill: 'reservoir',
  perClass: 5,
  rows: 8,
  weighting: 'concatenated',
  order: 'uniform',
  balance: 'none',
} as const
const weights = (outputs: number): number => 6 * 8 + 8 * outputs

describe('run', () => {
  it('counts the multiply-accumulates of every step: forward, weights, and inputs of all layers but the first', () => {
    const log = tinyRun([])
    // the products of one step: rows x (weights forward + weights for their gradient + the upper layer's inputs)
    expect(log.costs.training.macs).toBe(75 * 8 * (2 * weights(6) + 8 * 6))
    expect(log.costs.rowsRead).toEqual({ stream: 75 * 8 })
    // each evaluation runs batches of 500 rows, padding included; untrained and after each of 3 experiences, on 3 contexts
    expect(log.costs.evaluation.macs).toBe(4 * 3 * 500 * weights(6))
  })

  it('counts bytes kept: parameters, moments, tensors, and rows with their labels and columns', () => {
    const size = weights(6) + 8 + 6
    const naive = tinyRun([]).costs.bytes
    expect(naive).toEqual({ parameters: 4 * size, optimiser: 8 * size + 8, strategy: 0, buffers: 0 })
    expect(tinyRun([replay(options)]).costs.bytes.buffers).toBe(20 * (6 + 4))
    // in task-incremental streams each row needs its context
    expect(tinyRun([replay(options)], 'task').costs.bytes.buffers).toBe(20 * (6 + 4 + 4))
  })

  it('learns a merged stream in one experience of as many steps as there are in all', () => {
    const log = tinyRun([], 'class', { arrangement: 'merged' })
    expect(log.accuracy.matrix.length).toBe(1)
    expect(log.experiences.map(({ context, steps }) => [context, steps])).toEqual([[-1, 75]])
    expect(merged(tinyStream('class')).experiences[0]?.size).toBe(120)
  })

  it('takes equally many rows of every context when a task-incremental stream is merged', () => {
    const counts: number[][] = []
    const watch: AnyStrategy = {
      name: 'watch',
      rights: { context: true },
      observe: (host, { incoming }) => {
        counts.push([0, 1, 2].map((c) => (incoming.contexts ?? new Int32Array(0)).filter((x) => x === c).length))
        return host
      },
    }
    tinyRun([watch], 'task', { arrangement: 'merged' })
    // ceil(8 / 3) of each
    expect(counts.length).toBe(75)
    expect(counts.every((c) => c.join() === '3,3,3')).toBe(true)
  })

  it('presents every row once before it presents one again, and marks first presentations', () => {
    let first = 0
    const watch: AnyStrategy = {
      name: 'watch',
      rights: {},
      observe: (host, { incoming, index }) => {
        first += incoming.first.reduce((a, b) => a + b, 0)
        if (index === 4) expect(first).toBe(40)
        return host
      },
    }
    tinyRun([watch])
    expect(first).toBe(3 * 40)
  })

  it('counts the first presentations that a buffer was offered', () => {
    const seen: number[] = []
    const watch: AnyStrategy = {
      name: 'watch',
      rights: {},
      buffers: { memory: { capacity: 4, columns: {} } },
      keep: {
        memory: {
          from: 'batch',
          admit: (buffer) => {
            seen.push(buffer.seen)
            return { slots: new Int32Array(0), take: new Int32Array(0) }
          },
        },
      },
    }
    tinyRun([watch])
    // 40 rows an experience in batches of 8, five times over
    expect(seen.slice(0, 8)).toEqual([0, 8, 16, 24, 32, 40, 40, 40])
    expect(seen.at(-1)).toBe(120)
  })

  it('measures transfer without changing a bit of the run', () => {
    const plain = tinyRun([replay(options)], 'domain')
    const measured = tinyRun([replay(options)], 'domain', { measure: ['transfer'] })
    expect(learnedIn(measured)).toEqual(learnedIn(plain))
    expect(measured.costs.training).toEqual(plain.costs.training)
    const { curves, scratch, relearn } = measured.transfer ?? { curves: [], scratch: [], relearn: [] }
    expect(curves.map((c) => c.accuracy.at(-1))).toHaveLength(3)
    expect(curves[0]?.steps).toEqual(Array.from({ length: 26 }, (_, i) => i))
    // the first context is learned from scratch in both; replay of its own rows aside
    expect(scratch[0]?.accuracy).toEqual(tinyRun([], 'domain', { measure: ['transfer'] }).transfer?.curves[0]?.accuracy)
    expect(relearn[0]?.context).toBe(0)
    expect(relearn[0]?.again ?? 0).toBeLessThanOrEqual(relearn[0]?.first ?? 0)
  })

  it('runs a phase after every so many rows, on its own optimiser when it has one', () => {
    const hold: AnyStrategy = {
      name: 'hold',
      rights: {},
      tensors: { start: { shape: (d) => [d.layout.size], init: 'params' } },
      phases: [
        {
          name: 'pull',
          when: { on: 'rows', every: 100 },
          steps: 2,
          optimiser: adam({ rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
          objective: ({ params, tensors }) => [
            { name: 'pull', value: mul(0.5, sum(square(sub(params, tensors.start ?? 0)))) },
          ],
        },
      ],
    }
    const log = tinyRun([hold])
    expect(log.traces.map((t) => t.experience)).toEqual([0, 0, 1, 1, 2, 2])
    expect(log.costs.phases['hold/pull']?.steps).toBe(12)
    const pull = log.traces[0]?.values['term pull']
    expect(typeof pull === 'object' ? (pull.last ?? 1) < (pull.first ?? 0) : false).toBe(true)
  })

  it('forgets the moments at boundaries when told to', () => {
    const optimiser = { name: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const
    const keep = tinyRun([], 'class', { optimiser: { ...optimiser, boundary: 'keep' } })
    const reset = tinyRun([], 'class', { optimiser: { ...optimiser, boundary: 'reset' } })
    expect(reset.accuracy.matrix[0]).toEqual(keep.accuracy.matrix[0])
    expect(reset.experiences[1]?.loss).not.toEqual(keep.experiences[1]?.loss)
  })

  it('tells its progress to the end', () => {
    const told: Progress[] = []
    run(
      {
        model: { kind: 'mlp', hidden: [8], initialiser: 'pytorch' },
        optimiser: { name: 'sgd', rate: 0.01, boundary: 'keep' },
        training: { batch: 8, iterations: 25 },
        measure: [],
        arrangement: 'separate',
        seed: 1,
        stream: tinyStream('class'),
        method: [],
      },
      (p) => told.push(p),
    )
    expect(told.at(-1)).toMatchObject({ experience: 2, experiences: 3, doneSteps: 75, totalSteps: 75 })
    expect(told.at(-1)?.accuracy).not.toBeNull()
  })
})
