import { describe, expect, it } from 'vitest'
import { assemble, broadcast, literal, reshape } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Stream } from '../../src/stream/stream.js'
import { accuracyOf, tinyLearner } from '../support/learner.js'
import { tinyStream } from '../support/tiny.js'

/** Gives every row the same scores. Half of the test rows of context c have label 2c, half 2c + 1. */
const scores = (...values: readonly number[]): AnyStrategy => ({
  name: 'same',
  rights: {},
  predict: ({ x, dims }) => {
    const row = values.map((value, at) => ({ at, value: reshape(literal(value), [1]) }))
    return broadcast(assemble(dims.outputs, row), [x.shape[0] ?? 0, dims.outputs])
  },
})

const accuracies = (stream: Stream, strategy: AnyStrategy): readonly (number | undefined)[] =>
  [0, 1, 2].map(accuracyOf(tinyLearner([strategy], { stream })))

describe('accuracy at test', () => {
  // the largest of all outputs is output 4
  const rising = scores(1, 2, 4, 3, 6, 5)

  it('compares only the outputs of the context of a row in a task-incremental stream', () => {
    expect(accuracies(tinyStream('task'), rising)).toEqual([0.5, 0.5, 0.5])
    // the largest of all is output 0, so that only context 0 would be right, and then by half
    expect(accuracies(tinyStream('task'), scores(9, 8, 7, 6, 5, 4))).toEqual([0.5, 0.5, 0.5])
  })

  it('compares all outputs when the context is not revealed', () => {
    expect(accuracies(tinyStream('task', { testContext: false }), rising)).toEqual([0, 0, 0.5])
    expect(accuracies(tinyStream('class'), rising)).toEqual([0, 0, 0.5])
  })

  it('is of the working network when no strategy predicts', () => {
    const revealed = tinyLearner([], { stream: tinyStream('task') })
    const hidden = tinyLearner([], { stream: tinyStream('class') })
    for (const { world } of [revealed, hidden]) {
      const params = new Float32Array(world.network.layout.size)
      // weights 0, the biases come last: output 4 wins, among 0 and 1 output 1, among 2 and 3 output 3
      params.set([0, 1, 0, 2, 3, 0], params.length - 6)
      world.store.write('params', params)
    }
    expect([0, 1, 2].map(accuracyOf(revealed))).toEqual([0.5, 0.5, 0.5])
    expect([0, 1, 2].map(accuracyOf(hidden))).toEqual([0, 0, 0.5])
  })

  it('is undefined only when a score that competes is not finite', () => {
    const rows = tinyStream('task')
    const wild = scores(1, 2, 3e38, 3e38, 0, 1)
    expect(accuracies(rows, wild)).toEqual([0.5, 0.5, 0.5])
    expect(accuracies(rows, scores(1, 2, Number.POSITIVE_INFINITY, 0, 0, 1))).toEqual([0.5, undefined, 0.5])
  })
})
