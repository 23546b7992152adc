import { describe, expect, it } from 'vitest'
import { broadcast, column, mul, sum } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { accuracyOf, tinyLearner } from '../support/learner.js'
import { learnedIn, tinyRun } from '../support/tiny.js'

/** Sums pixels on the host, in f64, and predicts with a number that is fed from the sum. */
const summing = (changes: Partial<AnyStrategy> = {}): AnyStrategy => ({
  name: 'sums',
  rights: { boundary: true },
  statistics: { total: { shape: ({ inputs, experience = 0 }) => [experience + 1, inputs] } },
  feeds: { total: { shape: () => [], from: ({ statistics }) => statistics['total']?.[0] ?? 0, macs: () => 7 } },
  commit: ({ batch }) => (batch === undefined ? {} : { emits: { x: batch.x, mean: sum(batch.x) } }),
  accumulate: ({ total }, { emits: { x }, incoming }) => {
    if (x === undefined || total === undefined) return
    for (let i = 0; i < incoming.size; i++) for (let k = 0; k < 6; k++) total[k]! += x[6 * i + k]!
  },
  hostMacs: ({ incoming }) => 6 * incoming.size,
  predict: ({ x, feeds: { total } }) => broadcast(column(mul(sum(x, 1), total ?? 0)), [x.shape[0] ?? 0, 6]),
  ...changes,
})

describe('statistics of the host', () => {
  it('are sums in f64 of what the steps emit, as tensors, and grow at boundaries with what they hold in front', () => {
    const learner = tinyLearner([summing()], { steps: 5 })
    learner.learn()
    const total = learner.place.statistics.get('sums')?.['total'] ?? []
    expect(total).toBeInstanceOf(Float64Array)
    expect(total.length).toBe(2 * 6)
    const pixels = learner.read('experience/x')
    // one pass over the 40 rows
    const wanted = Array.from({ length: 6 }, (_, k) =>
      pixels.filter((_, i) => i % 6 === k).reduce((a, b) => a + b / 16, 0),
    )
    expect([...total].slice(0, 6)).toEqual(wanted.map((value) => expect.closeTo(value, 12)))
    expect([...total].slice(6)).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('count as memory, 8 bytes a number, and the work of the host as multiply-accumulates', () => {
    const plain = tinyRun([
      summing({ hostMacs: () => 0, feeds: {}, predict: ({ x }) => broadcast(column(sum(x, 1)), [500, 6]) }),
    ])
    const log = tinyRun([summing()])
    expect(log.costs.bytes.strategy).toBe(8 * 4 * 6)
    expect(log.costs.training.macs - plain.costs.training.macs).toBe(75 * 6 * 8)
    // one feed for each of 4 measurements
    expect(log.costs.evaluation.macs - plain.costs.evaluation.macs).toBe(4 * 7)
  })

  it('change no bit of what the network learns', () => {
    const { parameters } = learnedIn(tinyRun([summing()]))
    expect(parameters).toEqual(learnedIn(tinyRun([])).parameters)
  })

  it('are read by the feeds of predict as they are at the measurement', () => {
    const rising = summing({
      predict: ({ x, feeds: { total } }) => broadcast(column(mul(sum(x, 1), total ?? 0)), [x.shape[0] ?? 0, 6]),
    })
    const learner = tinyLearner([rising], { steps: 5 })
    expect(accuracyOf(learner)(0)).toBe(0.5)
    const total = learner.place.statistics.get('sums')?.['total']
    if (total !== undefined) total[0] = Number.NaN
    expect(accuracyOf(learner)(0)).toBeUndefined()
  })
})
