import { describe, expect, it } from 'vitest'
import { broadcast, literal } from '../../src/graph/ops.js'
import { assemble } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { tinyRun } from '../support/tiny.js'

/** Output 4 always wins, then 5, 2, 3, 1, 0. */
const constant: AnyStrategy = {
  name: 'constant',
  rights: {},
  predict: ({ x }) =>
    broadcast(
      assemble(
        6,
        [0, 1, 3, 2, 5, 4].map((score, at) => ({ at, value: broadcast(literal(score), [1]) })),
      ),
      [x.shape[0] ?? 0, 6],
    ),
}

describe('accuracy within contexts', () => {
  it('lets only the outputs of a row’s own context compete, beside the accuracy of the scenario', () => {
    const { accuracy } = tinyRun([constant], 'class', { measure: ['within-context'] })
    expect(accuracy.matrix.at(-1)).toEqual([0, 0, 0.5])
    expect(accuracy.withinContext).toEqual(Array.from({ length: 3 }, () => [0.5, 0.5, 0.5]))
  })

  it('is the accuracy of the scenario where contexts share their outputs, and where they are known', () => {
    for (const kind of ['task', 'domain'] as const) {
      const { accuracy } = tinyRun([], kind, { measure: ['within-context'] })
      expect(accuracy.withinContext).toEqual(accuracy.matrix)
    }
  })

  it('is recorded only where it is asked for', () => {
    expect(tinyRun([]).accuracy).not.toHaveProperty('withinContext')
  })
})
