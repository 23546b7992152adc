import { describe, expect, it } from 'vitest'
import { adam } from '../../src/optim/adam.js'
import { adamW } from '../../src/optim/adamW.js'
import { chain } from '../../src/optim/chain.js'
import { clipByNorm } from '../../src/optim/clipByNorm.js'
import { optimisers } from '../../src/optim/registry.js'
import { cosine } from '../../src/optim/schedule/cosine.js'
import { sgd } from '../../src/optim/sgd.js'
import { towardsAnchor } from '../../src/optim/towardsAnchor.js'

describe('options of optimisers', () => {
  it('are refused all at once, with what would be right', () => {
    expect(() => adam({ rate: Number.NaN, beta1: 1, beta2: 0.9, epsilon: 0 })).toThrow(
      'adam: rate must be a finite number above 0, got NaN; beta1 must be a number from 0, below 1, got 1; epsilon must be a finite number above 0, got 0',
    )
    expect(() => adamW({ rate: 1, beta1: 0.9, beta2: 0.9, epsilon: 1, weightDecay: -1 })).toThrow(
      'adamW: weightDecay must be a finite number from 0, got -1',
    )
  })

  it.each([Number.NaN, -1, 0, Number.POSITIVE_INFINITY])('refuse the rate %s', (rate) => {
    expect(() => sgd({ rate })).toThrow('sgd: rate must be')
  })

  it('that are misspelt come with the known ones', () => {
    const misspelt: object = { rate: 0.1, momentun: 0.9 }
    expect(() => Reflect.apply(sgd, undefined, [misspelt])).toThrow("sgd: no option 'momentun', known: rate")
    expect(() => cosine({ steps: 0, least: 2, restarts: 0.5, boundary: 'keep' })).toThrow(
      /steps must.*least must.*restarts must/,
    )
    const anchor: object = { strength: 1, anchor: 'begin', form: 'coupled' }
    expect(() => Reflect.apply(towardsAnchor, undefined, [anchor])).toThrow(
      "anchor must be one of start, boundary, got 'begin'",
    )
  })

  it('of a chain are parts and an optimiser, not the other way round', () => {
    const [part, optimiser] = [clipByNorm({ limit: 1 }), sgd({ rate: 1 })]
    expect(() => Reflect.apply(chain, undefined, [[part, optimiser], optimiser])).toThrow(
      /^chain: parts must be a list, every member a part/,
    )
    expect(() => Reflect.apply(chain, undefined, [[], part])).toThrow(/^chain: optimiser must be an optimiser/)
  })

  it('of the registry are those that its optimisers take', () => {
    for (const { name, options, make } of optimisers) {
      expect([name, typeof options.get('rate')]).toEqual([name, 'number'])
      expect(make().rate).toBe(options.get('rate'))
    }
  })
})
