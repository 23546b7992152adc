import { describe, expect, it } from 'vitest'
import { mul, square, sum } from '../../src/graph/ops.js'
import type { AnyPhase, AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { undeclared } from '../../src/train/declared.js'
import { tinyLearner } from '../support/learner.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const shrinking: AnyPhase = {
  name: 'shrink',
  when: { on: 'start' },
  steps: 3,
  objective: ({ params }) => [{ name: 'size', value: mul(0.5, sum(square(params))) }],
}
const strategy = (phases: readonly AnyPhase[]): AnyStrategy => ({
  name: 's',
  rights: { boundary: true, experience: true },
  phases,
})

describe('a phase at the start of an experience', () => {
  it('runs before the first step, of every experience, over the rows that are about to be learned', () => {
    const seen: (readonly [number | undefined, number, number])[] = []
    const look: AnyPhase = {
      ...shrinking,
      steps: ({ experience = 0 }, { experience: finished }) => {
        seen.push([finished, experience, 0])
        return 1
      },
      draws: {
        row: {
          from: 'experience',
          rows: 1,
          pick: (rows) => (seen.push([undefined, rows.size, rows.labels[0] ?? -1]), Int32Array.of(0)),
        },
      },
    }
    const log = tinyRun([strategy([look])], 'class')
    expect(seen.filter(([finished]) => finished !== undefined).map(([finished]) => finished)).toEqual([0, 1, 2])
    const labels = seen.filter(([finished]) => finished === undefined).map(([, , label]) => Math.floor(label / 2))
    expect([...new Set(labels)]).toEqual([0, 1, 2])
    expect(log.costs.phases['s/shrink']?.steps).toBe(3)
    expect(log.traces.map(({ experience }) => experience)).toEqual([0, 1, 2])
  })

  it('needs the right to see boundaries', () => {
    expect(undeclared([{ name: 's', rights: {}, phases: [shrinking] }])).toEqual([
      "strategy 's', phase 'shrink': a phase at boundaries needs the right 'boundary'",
    ])
  })
})

describe('a phase with a fresh network', () => {
  it('trains from initial parameters of its own, others at every occurrence, the same for the same seed', () => {
    const found: number[][] = []
    const fresh: AnyPhase = { name: 'fresh', when: { on: 'boundary' }, network: 'fresh', steps: 0 }
    const learner = tinyLearner([strategy([fresh])], { steps: 1 })
    const initial = learner.read('params')
    for (let i = 0; i < 2; i++) {
      learner.learn()
      found.push([...learner.read('params')])
    }
    expect(found[0]).not.toEqual(initial)
    expect(found[0]).not.toEqual(found[1])
    const again = tinyLearner([strategy([fresh])], { steps: 3 })
    again.learn()
    // whatever was learned before is gone
    expect(again.read('params')).toEqual(found[0])
  })
})

describe('what strategies that may revisit an experience know of outputs', () => {
  it.each([
    [
      'class',
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
      [[], [0, 1], [0, 1, 2, 3]],
    ],
    [
      'domain',
      [
        [0, 1],
        [0, 1],
        [0, 1],
      ],
      [[], [0, 1], [0, 1]],
    ],
  ] as const)('is which occur now and which did before, in a %s-incremental stream', (kind, present, past) => {
    const seen: unknown[] = []
    const look: AnyStrategy = {
      ...strategy([]),
      objective: ({ dims }) => {
        seen.push([dims.present, dims.past])
        return []
      },
    }
    tinyRun([look], kind)
    expect(seen).toEqual(present.map((now, i) => [now, past[i]]))
  })

  it('is also over which outputs each experience competed', () => {
    const seen: unknown[] = []
    const look: AnyStrategy = { ...strategy([]), objective: ({ dims }) => (seen.push(dims.heads), []) }
    tinyRun([look], 'task')
    expect(seen).toEqual([
      [[0, 1]],
      [
        [0, 1],
        [2, 3],
      ],
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ])
    expect(learnedIn(tinyRun([look], 'task', { stream: tinyStream('task') }))).toEqual(learnedIn(tinyRun([], 'task')))
  })
})
