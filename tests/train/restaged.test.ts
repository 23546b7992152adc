import { describe, expect, it } from 'vitest'
import { broadcast } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { outputMask } from '../../src/strategy/outputMask.js'
import { learn } from '../../src/train/experience.js'
import { query } from '../../src/train/query.js'
import { changed, keptBy } from '../support/kept.js'
import { tinyLearner } from '../support/learner.js'
import { tinyStream } from '../support/tiny.js'

describe('what is staged again when an experience begins', () => {
  it('is the prediction: it knows of the experience that is learned, whenever it was measured before', () => {
    const knows: AnyStrategy = {
      name: 'knows',
      rights: { boundary: true, experience: true },
      predict: ({ x, dims }) => broadcast(outputMask(dims.present ?? [], 6), [x.shape[0] ?? 0, 6]),
    }
    const seen = (between: boolean) => {
      const stream = tinyStream('class')
      const learner = tinyLearner([knows], { stream })
      const measured: unknown[] = []
      const measure = () => query(learner, learner.steppers, [0, 1, 2]).measured?.map(({ accuracy }) => accuracy)
      for (const [i, experience] of stream.experiences.slice(0, 2).entries()) {
        const lesson = { experience, steps: () => 2, rest: 'drop', boundary: 'keep', balance: 0 } as const
        const onStep = (): unknown => i === 1 && measured.push(measure())
        learn(learner, learner.steppers, { ...lesson, onStep, onPhase: () => undefined })
        if (between) measure()
      }
      return measured
    }
    expect(seen(false)).toEqual([
      [0, 0.5, 0],
      [0, 0.5, 0],
    ])
    expect(seen(true)).toEqual(seen(false))
  })

  it('is a step of a strategy that may revisit the experience and sees nothing else of boundaries', () => {
    const seen: unknown[] = []
    const knows: AnyStrategy = {
      name: 'knows',
      rights: { experience: true },
      objective: ({ dims }) => {
        seen.push([dims.present, dims.past])
        return []
      },
    }
    const learner = tinyLearner([knows])
    learner.learn()
    learner.learn()
    expect(seen).toEqual([
      [[0, 1], []],
      [
        [2, 3],
        [0, 1],
      ],
    ])
  })
})

describe('a phase with a fresh network that is granted no step', () => {
  it('leaves the network as it is', () => {
    const renewing = (macs: number): AnyStrategy => ({
      name: 'renewing',
      rights: { boundary: true },
      phases: [{ name: 'renew', when: { on: 'boundary' }, network: 'fresh', steps: 3, budget: { macs } }],
    })
    const after = (...method: readonly AnyStrategy[]) => {
      const learner = tinyLearner(method)
      learner.learn()
      return keptBy(learner).params
    }
    expect(after(renewing(0))).toEqual(after())
    expect(changed({ params: after(renewing(1000)) }, { params: after() })).toEqual(['params'])
  })
})
