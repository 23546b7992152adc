import { describe, expect, it } from 'vitest'
import { l2, type L2Options } from '../../src/strategy/l2.js'
import { tinyLearner } from '../support/learner.js'

const learned = (changes: Partial<L2Options>, experiences: number) => {
  const learner = tinyLearner([l2({ lambda: 5, towards: 'previous', step: 'explicit', ...changes })])
  const starts: (readonly number[])[] = []
  const terms: unknown[] = []
  for (let i = 0; i < experiences; i++) {
    starts.push(learner.read('params'))
    terms.push(Object.keys(learner.learn().terms))
  }
  return { learner, starts, terms }
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + (x - (b[i] ?? 0)) ** 2, 0)

describe('l2', () => {
  it('holds to where the last experience ended, and to nothing while the first is learned', () => {
    const { learner, terms } = learned({}, 3)
    expect(learner.read('l2/tensor/anchor')).toEqual(learner.read('params'))
    expect(terms).toEqual([[], ['l2/penalty'], ['l2/penalty']])
  })

  it('holds to the initial values from the first step on, without being told of boundaries', () => {
    const { learner, starts, terms } = learned({ towards: 'start' }, 3)
    expect(learner.read('l2/tensor/anchor')).toEqual(starts[0])
    expect(terms).toEqual([['l2/penalty'], ['l2/penalty'], ['l2/penalty']])
    expect(l2({ lambda: 1, towards: 'start', step: 'explicit' }).rights).toEqual({})
  })

  it.each(['explicit', 'proximal'] as const)('keeps parameters nearer the stronger it is (%s)', (step) => {
    const moved = [0, 5, 50].map((lambda) => {
      const { learner, starts } = learned({ lambda, step, towards: 'start' }, 2)
      return distance(learner.read('params'), starts[0] ?? [])
    })
    const [free = 0, held = 0, tight = 0] = moved
    expect(held).toBeLessThan(0.9 * free)
    expect(tight).toBeLessThan(0.9 * held)
  })
})
