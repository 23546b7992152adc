import { describe, expect, it } from 'vitest'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { digitsStream } from '../support/digitsStream.js'
import { strategyOf as made } from '../support/strategyOf.js'
import { tinyRun } from '../support/tiny.js'

describe('on Split Digits, after one pass in batches of 32,', () => {
  const learned = (strategy: AnyStrategy, kind: 'task' | 'domain' | 'class') => {
    const log = tinyRun([strategy], kind, {
      stream: digitsStream(kind, 1),
      training: { batch: 32, epochs: 1 },
      model: { kind: 'mlp', hidden: [100], initialiser: 'pytorch' },
      seed: 1,
    })
    expect(log.status.kind).toBe('complete')
    const last = log.accuracy.matrix.at(-1) ?? []
    return { matrix: log.accuracy.matrix, mean: last.reduce((a, b) => a + b, 0) / last.length }
  }

  it.each([
    ['ncm', {}, 0.84],
    ['ncm', { space: 'features' }, 0.78],
    ['slda', {}, 0.88],
    ['slda', { covariance: 'published' }, 0.88],
    ['slda', { space: 'features' }, 0.88],
    ['ridge', { features: 200 }, 0.9],
    ['ridge', { features: 100, form: 'recursive' }, 0.86],
    ['gaussian', {}, 0.94],
    ['gaussian', { residual: 'estimated' }, 0.94],
  ])(
    '%s %o is right on so many: class-incremental, with all the contexts it has seen competing',
    (name, options, floor) => {
      const { matrix, mean } = learned(made(name, options), 'class')
      expect(mean).toBeGreaterThan(floor)
      // after the first experience nothing else is known, so that its two digits are told apart and no other is found
      expect(matrix[0]?.[0]).toBeGreaterThan(0.9)
      expect(matrix[0]?.slice(1)).toEqual([0, 0, 0, 0])
    },
  )

  it('the two forms of ridge find the same', () => {
    const [batch, recursive] = ['batch', 'recursive'].map((form) =>
      learned(made('ridge', { features: 100, form }), 'class'),
    )
    expect(recursive).toEqual(batch)
  })

  it('gaussian is right where contexts share outputs or are told', () => {
    expect(learned(made('gaussian'), 'domain').mean).toBeGreaterThan(0.85)
    expect(learned(made('gaussian'), 'task').mean).toBeGreaterThan(0.98)
  })
})
