import { describe, expect, it } from 'vitest'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { undeclared } from '../../src/train/declared.js'
import { tinyLearner } from '../support/learner.js'
import { tinyRun } from '../support/tiny.js'

/** Admits the first rows of the stream, and drops those that `drop` names at each boundary. */
const holding = (
  capacity: number,
  seen: { rows: number[]; labels: number[][] },
  drop: readonly number[] = [],
): AnyStrategy => ({
  name: 'hold',
  rights: { boundary: true, experience: true },
  buffers: { memory: { capacity, columns: {} } },
  merges: ['memory'],
  keep: {
    memory: {
      from: 'batch',
      admit: (buffer, { size }) => {
        const free = Math.min(size, buffer.capacity - buffer.size)
        const slots = Int32Array.from({ length: free }, (_, i) => buffer.size + i)
        return { slots, take: Int32Array.from({ length: free }, (_, i) => i) }
      },
    },
  },
  phases: [
    {
      name: 'look',
      when: { on: 'start' },
      steps: ({ experience = 0 }) => (seen.rows.push(experience), 0),
    },
    {
      name: 'drop',
      when: { on: 'boundary' },
      steps: 1,
      draws: { one: { from: 'experience', rows: 1, pick: () => Int32Array.of(0) } },
      keep: {
        memory: {
          from: 'one',
          admit: (buffer) => {
            seen.labels.push([...buffer.labels])
            return { slots: new Int32Array(0), take: new Int32Array(0), drop: Int32Array.from(drop) }
          },
        },
      },
    },
  ],
})

describe('rows of a buffer that are merged into an experience', () => {
  it('are learned with its own in the same passes, and counted as rows of the buffer', () => {
    const seen = { rows: [], labels: [] }
    const log = tinyRun([holding(8, seen)], 'class', { training: { batch: 8, epochs: 1 } })
    expect(seen.rows).toEqual([40, 48, 48])
    expect(log.experiences.map(({ steps }) => steps)).toEqual([5, 6, 6])
    expect(log.costs.rowsRead).toMatchObject({ stream: 120, 'hold/memory': 16 })
  })

  it('keep their label and the experience that they came with, and are not new', () => {
    const learner = tinyLearner([holding(8, { rows: [], labels: [] })], { steps: 5 })
    learner.learn()
    learner.learn()
    const { labels, experiences, first } = learner.world.experience
    expect([...experiences.slice(0, 40)]).toEqual(new Array(40).fill(1))
    expect([...experiences.slice(40, 48)]).toEqual(new Array(8).fill(0))
    expect([...labels.slice(40, 48)].every((label) => label < 2)).toBe(true)
    expect([...first.slice(40, 48)]).toEqual(new Array(8).fill(0))
  })

  it('are seen by their strategy alone: others revisit what the stream brought', () => {
    const sizes: number[] = []
    const picked: number[] = []
    const other: AnyStrategy = {
      name: 'other',
      rights: { boundary: true, experience: true },
      phases: [
        {
          name: 'revisit',
          when: { on: 'boundary' },
          steps: ({ experience = 0 }) => (sizes.push(experience), 1),
          draws: {
            all: {
              from: 'experience',
              rows: 40,
              pick: ({ size, labels, experiences }, { experience = 0 }) => {
                picked.push(size, labels.length)
                expect(new Set(experiences)).toEqual(new Set([experience - 1]))
                return Int32Array.from({ length: size }, (_, i) => i)
              },
            },
          },
        },
      ],
    }
    const learner = tinyLearner([holding(8, { rows: [], labels: [] }), other], { steps: 5 })
    for (let i = 0; i < 3; i++) learner.learn()
    expect(sizes).toEqual([40, 40, 40])
    expect(new Set(picked)).toEqual(new Set([40]))
  })

  it('need the rights to boundaries and to the experience, and a buffer of that name', () => {
    const wrong = { ...holding(8, { rows: [], labels: [] }), rights: { boundary: true }, merges: ['memroy'] } as const
    expect(undeclared([wrong]).join('\n')).toMatch(
      /'memroy'; did you mean 'memory'[^]*rights 'boundary' and 'experience'/,
    )
  })
})

describe('slots that are dropped', () => {
  it('are emptied before rows are written, and later rows move down in their order, pixels with their labels', () => {
    const seen: { rows: number[]; labels: number[][] } = { rows: [], labels: [] }
    const learner = tinyLearner([holding(4, seen, [0, 2])], { steps: 1 })
    learner.learn()
    const [before = []] = seen.labels
    const buffer = learner.world.buffers.get('hold/memory')
    expect(buffer?.size).toBe(2)
    expect([...(buffer?.labels ?? [])].slice(0, 2)).toEqual([before[1], before[3]])
    // pixels tell the rows apart: those of slot 1 are now in slot 0
    const [first] = [learner.read('hold/memory/x').slice(0, 6)]
    const kept = tinyLearner([holding(4, { rows: [], labels: [] })], { steps: 1 })
    kept.learn()
    expect(first).toEqual(kept.read('hold/memory/x').slice(6, 12))
  })

  it('must be held and ascending', () => {
    for (const drop of [[1, 0], [4], [-1]])
      expect(() => tinyLearner([holding(4, { rows: [], labels: [] }, drop)], { steps: 1 }).learn()).toThrow(
        'slots to drop must be held and ascending',
      )
  })
})
