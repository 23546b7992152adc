import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { input } from '../../src/graph/ops.js'
import { chain } from '../../src/optim/chain.js'
import { constant } from '../../src/optim/schedule/constant.js'
import { cosine } from '../../src/optim/schedule/cosine.js'
import { exponential } from '../../src/optim/schedule/exponential.js'
import { inverseTime } from '../../src/optim/schedule/inverseTime.js'
import { step } from '../../src/optim/schedule/step.js'
import { warmUp } from '../../src/optim/schedule/warmUp.js'
import { sgd } from '../../src/optim/sgd.js'
import type { Transform } from '../../src/optim/transform.js'
import { compiled } from '../support/trajectory.js'

const boundary = 'keep'

/** Factors of the first `n` steps, compiled: by how much a gradient of −1 moves a parameter at rate 1. */
const factors = (part: Transform, n: number): readonly number[] => {
  const optimiser = chain([part], sgd({ rate: 1 }))
  const states = compiled(
    optimiser,
    [0],
    Array.from({ length: n }, () => [-1]),
  )
  let before = 0
  return states.map(({ params = [] }) => {
    const now = params[0] ?? Number.NaN
    const moved = now - before
    before = now
    return moved
  })
}

describe('a schedule', () => {
  it('that is constant is 1 at every step', () => {
    expect(factors(constant(), 3)).toEqual([1, 1, 1])
  })

  it('in steps falls after every so many', () => {
    expect(factors(step({ every: 2, gamma: 0.5, boundary }), 7)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25, 0.125])
    expect(factors(step({ every: 1, gamma: 0, boundary }), 3)).toEqual([1, 0, 0])
  })

  it('that is exponential is 1 first', () => {
    expect(factors(exponential({ gamma: 0.5, boundary }), 4)).toEqual([1, 0.5, 0.25, 0.125])
    expect(factors(exponential({ gamma: 1, boundary }), 3)).toEqual([1, 1, 1])
  })

  it('of 1/t is 1 first and one half after 1/decay steps', () => {
    const found = factors(inverseTime({ decay: 0.25, boundary }), 5)
    expect(found[0]).toBe(1)
    expect(found[4]).toBeCloseTo(0.5, 6)
  })

  it('that warms up is whole from its last step on', () => {
    expect(factors(warmUp({ steps: 4, boundary }), 6)).toEqual([0.25, 0.5, 0.75, 1, 1, 1])
    expect(factors(warmUp({ steps: 1, boundary }), 2)).toEqual([1, 1])
  })

  it('along a cosine is exactly 1 first, half in the middle, and stays at its least', () => {
    const found = factors(cosine({ steps: 4, least: 0, boundary }), 7)
    expect(found[0]).toBe(1)
    expect(found[2]).toBeCloseTo(0.5, 6)
    expect(found.slice(4).every((x) => Math.abs(x) < 1e-6)).toBe(true)
    expect(factors(cosine({ steps: 4, least: 0.5, boundary }), 6)[5]).toBeCloseTo(0.5, 6)
  })

  it('with restarts is exactly 1 again at each, and its periods grow', () => {
    const found = factors(cosine({ steps: 2, least: 0, restarts: 2, boundary }), 15)
    const whole = found.flatMap((x, t) => (Math.abs(x - 1) < 1e-6 ? [t] : []))
    expect(whole).toEqual([0, 2, 6, 14])
  })

  it('counts to 2^24 and stands still there', () => {
    const leaf = input('step', [])
    const { slots } = inverseTime({ decay: 1, boundary }).apply({
      gradient: leaf,
      params: leaf,
      rate: 1,
      slots: { step: leaf },
    })
    const next = (from: number) => evaluate([slots?.['step'] ?? leaf], { step: [from] }, 'f32')[0]?.[0]
    expect([next(2 ** 24 - 1), next(2 ** 24)]).toEqual([2 ** 24, 2 ** 24])
  })

  it('says of its own counter what becomes of it at a boundary', () => {
    for (const at of ['keep', 'reset'] as const)
      for (const part of [
        step({ every: 1, gamma: 0.5, boundary: at }),
        exponential({ gamma: 0.5, boundary: at }),
        cosine({ steps: 1, least: 0, boundary: at }),
        warmUp({ steps: 1, boundary: at }),
        inverseTime({ decay: 1, boundary: at }),
      ])
        expect(part.slots.map((slot) => slot.boundary)).toEqual(part.slots.map(() => at))
  })
})
