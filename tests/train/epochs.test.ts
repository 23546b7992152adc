import { describe, expect, it } from 'vitest'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { learnedIn, shortStream, tinyRun } from '../support/tiny.js'

describe('training for epochs', () => {
  /** Sees the labels and first presentations of every incoming batch. */
  const watching = (sizes: number[], firsts: number[]): AnyStrategy => ({
    name: 'watch',
    rights: {},
    observe: (host, { incoming }) => {
      sizes.push(incoming.size)
      firsts.push(incoming.first.reduce((a, b) => a + b, 0))
      return host
    },
  })

  it('shows every row once in each pass, a last batch that is not full included', () => {
    const sizes: number[] = []
    const firsts: number[] = []
    const log = tinyRun([watching(sizes, firsts)], 'task', {
      stream: shortStream(20),
      training: { batch: 8, epochs: 2 },
    })
    expect(sizes).toEqual(Array.from({ length: 3 }, () => [8, 8, 4, 8, 8, 4]).flat())
    expect(firsts).toEqual(Array.from({ length: 3 }, () => [8, 8, 4, 0, 0, 0]).flat())
    expect(log.experiences.map(({ steps }) => steps)).toEqual([6, 6, 6])
    expect(log.costs.rowsRead).toEqual({ stream: 3 * 2 * 20 })
  })

  it('is training for as many steps, to the bit, where all batches are full', () => {
    const epochs = tinyRun([], 'class', { training: { batch: 8, epochs: 5 } })
    expect(learnedIn(epochs)).toEqual(learnedIn(tinyRun([], 'class', { training: { batch: 8, iterations: 25 } })))
  })

  it('passes over all contexts at once as often for joint training', () => {
    const log = tinyRun([], 'class', { arrangement: 'merged', training: { batch: 8, epochs: 1 } })
    expect(log.experiences.map(({ steps }) => steps)).toEqual([15])
  })
})
