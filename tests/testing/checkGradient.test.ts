import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { input, mul, square, stop, sub, sum } from '../../src/graph/ops.js'
import type { Strategy } from '../../src/strategy/strategy.js'
import type { Uses } from '../../src/strategy/slots.js'
import { checkGradient } from '../../src/testing/checkGradient.js'
import { checkStrategy } from '../../src/testing/checkStrategy.js'

const p = input('p', [3])
const a = input('a', [3])
const numbers = fc.array(
  fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024),
  { minLength: 3, maxLength: 3 },
)

describe('checkGradient', () => {
  it('agrees for every quadratic term', () => {
    fc.assert(
      fc.property(numbers, numbers, (at, anchor) => {
        expect(checkGradient(sum(mul(0.5, square(sub(p, a)))), p, { p: at, a: anchor }).worst).toBeLessThan(1e-6)
      }),
    )
  })

  it('finds a gradient that is wrong, and where', () => {
    const wrong = sum(mul(stop(square(p)), p))
    const report = checkGradient(wrong, p, { p: [0, 2, 0] })
    expect(report).toMatchObject({ index: 1, gradient: 4, entries: 3 })
    expect(report.difference).toBeCloseTo(12, 6)
    expect(report.worst).toBeCloseTo(2 / 3, 6)
  })
})

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
    expect(checkStrategy(held(false)).map((t) => [t.step, t.term, t.worst < 1e-6])).toEqual([
      ['wake', 'held/pull', true],
      ['wake', 'held/size', true],
    ])
  })

  it('finds the term whose gradient is cut', () => {
    expect(
      checkStrategy(held(true))
        .filter((t) => t.worst > 1e-6)
        .map((t) => t.term),
    ).toEqual(['held/pull'])
  })
})
