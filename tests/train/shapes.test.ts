import { describe, expect, it } from 'vitest'
import { add, literal, slice, sum } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { tinyRun } from '../support/tiny.js'

const wrong = (hooks: Partial<AnyStrategy>): AnyStrategy => ({
  name: 'wrong',
  rights: {},
  tensors: { trail: { shape: () => [4], init: 0 } },
  ...hooks,
})

describe('a wrong shape in a hook', () => {
  it('is told with the strategy, the hook, the operation, both shapes and the place in its file', () => {
    const strategy = wrong({
      objective: ({ tensors, params }) => [{ name: 'sum', value: sum(add(params, tensors['trail'] ?? 0)) }],
    })
    // 6-8-6: 48 + 8 + 48 + 6 parameters
    expect(() => tinyRun([strategy])).toThrow(
      /^strategy 'wrong', hook 'objective': add: expected .*, got \[110\] and \[4\] \(built at shapes\.test\.ts:\d+:\d+\)$/,
    )
  })

  it('is told with the name of what it was returned for', () => {
    const short = (x: Parameters<typeof slice>[0]) => slice(x, 0, [3])
    expect(() => tinyRun([wrong({ commit: ({ params }) => ({ tensors: { trail: short(params) } }) })])).toThrow(
      "strategy 'wrong', hook 'commit': tensor 'trail' has the shape [4], what was returned for it [3]",
    )
    expect(() => tinyRun([wrong({ commit: ({ params }) => ({ params: short(params) }) })])).toThrow(
      "strategy 'wrong', hook 'commit': params has the shape [110], what was returned for it [3]",
    )
    expect(() => tinyRun([wrong({ gradient: ({ gradient }) => short(gradient ?? literal(0)) })])).toThrow(
      "strategy 'wrong', hook 'gradient': the gradient has the shape [110], what was returned for it [3]",
    )
  })
})
