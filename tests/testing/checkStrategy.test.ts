import { describe, expect, it } from 'vitest'
import { square, stop, sub, sum } from '../../src/graph/ops.js'
import type { Strategy } from '../../src/strategy/strategy.js'
import type { Uses } from '../../src/strategy/slots.js'
import { checkStrategy } from '../../src/testing/checkStrategy.js'

describe('checkStrategy', () => {
  type Held = Uses<{ tensors: 'anchor' }>
  const held = (broken: boolean): Strategy<Held> => ({
    name: 'held',
    rights: {},
    tensors: { anchor: { shape: (d) => [d.layout.size], init: 'params' } },
    objective: ({ params, tensors }) => [
      { name: 'pull', value: sum(square(sub(broken ? stop(params) : params, tensors.anchor))) },
      { name: 'size', value: sum(square(params)) },
    ],
  })

  it('checks every term by name', () => {
    expect(checkStrategy(held(false)).map((t) => [t.step, t.term, t.faults, t.worst < 1e-9])).toEqual([
      ['wake', 'held/pull', [], true],
      ['wake', 'held/size', [], true],
    ])
  })

  it('finds the term whose gradient is cut', () => {
    expect(
      checkStrategy(held(true))
        .filter((t) => t.worst > 1e-6)
        .map((t) => [t.term, t.faults.map((f) => f.check)]),
    ).toEqual([['held/pull', ['differences']]])
  })
})
