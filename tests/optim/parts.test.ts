import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { input } from '../../src/graph/ops.js'
import { adam } from '../../src/optim/adam.js'
import { adamW } from '../../src/optim/adamW.js'
import { chain } from '../../src/optim/chain.js'
import { clipByNorm } from '../../src/optim/clipByNorm.js'
import { clipByValue } from '../../src/optim/clipByValue.js'
import { decoupledDecay } from '../../src/optim/decoupledDecay.js'
import { l2 } from '../../src/optim/l2.js'
import { momentum } from '../../src/optim/momentum.js'
import { nesterov } from '../../src/optim/nesterov.js'
import type { Optimiser } from '../../src/optim/optimiser.js'
import type { Transform } from '../../src/optim/transform.js'
import { exponential } from '../../src/optim/schedule/exponential.js'
import { warmUp } from '../../src/optim/schedule/warmUp.js'
import { sgd } from '../../src/optim/sgd.js'
import { towardsAnchor } from '../../src/optim/towardsAnchor.js'
import { bits } from '../support/compiled.js'
import { compiled, evaluated, trajectory } from '../support/trajectory.js'

const number = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024 + 1 / 2048)
const vector = fc.array(number, { minLength: 4, maxLength: 4 })
const vectors = fc.array(vector, { minLength: 1, maxLength: 6 })

const norm = (x: readonly number[]): number => Math.sqrt(x.reduce((sum, v) => sum + v * v, 0))

/** What a part without state makes of a gradient, in f32. */
const clipped = (part: Transform, g: readonly number[]): readonly number[] => {
  const leaf = input('g', [g.length])
  const { gradient = leaf } = part.apply({ gradient: leaf, params: leaf, rate: 1, slots: {} })
  return [...(evaluate([gradient], { g }, 'f32')[0] ?? [])]
}

/** The same bits after every step, compiled. */
const alike = (a: Optimiser, b: Optimiser): void => {
  fc.assert(
    fc.property(vector, vectors, (start, gradients) => {
      const [one, other] = [a, b].map((o) => compiled(o, start, gradients).map(({ params = [] }) => bits(params)))
      expect(one).toEqual(other)
    }),
    { numRuns: 10 },
  )
}

describe('clipping', () => {
  it.each([
    ['clipByNorm', clipByNorm],
    ['clipByValue', clipByValue],
  ] as const)('never makes an element larger or turns it round: %s', (_, make) => {
    fc.assert(
      fc.property(vector, fc.integer({ min: 1, max: 4096 }), (gradient, k) => {
        clipped(make({ limit: k / 1024 }), gradient).forEach((g, i) => {
          expect(Math.abs(g)).toBeLessThanOrEqual(Math.abs(gradient[i]!))
          expect(g * gradient[i]!).toBeGreaterThanOrEqual(0)
        })
      }),
      { numRuns: 50 },
    )
  })

  it('by norm leaves the limit as norm, and the direction', () => {
    expect(clipped(clipByNorm({ limit: 1 }), [3, -4, 0])).toEqual([Math.fround(0.6), Math.fround(-0.8), 0])
  })

  it('changes no bit of a gradient within its limit', () => {
    fc.assert(
      fc.property(vector, (gradient) => {
        const within = gradient.map((g) => (g === gradient[0] ? -0 : g))
        expect(bits(clipped(clipByNorm({ limit: norm(within) * 1.0001 }), within))).toEqual(bits(within))
        const largest = Math.max(...within.map(Math.abs))
        expect(bits(clipped(clipByValue({ limit: largest }), within))).toEqual(bits(within))
      }),
      { numRuns: 50 },
    )
  })

  it('by norm finds the norm of elements whose squares overflow or vanish', () => {
    const huge = clipped(clipByNorm({ limit: 1 }), [3e30, -4e30])
    expect(huge[0]).toBeCloseTo(0.6, 6)
    expect(huge[1]).toBeCloseTo(-0.8, 6)
    const tiny = [3e-25, -4e-25].map(Math.fround)
    expect(clipped(clipByNorm({ limit: 1e-25 }), tiny)[0]).toBeCloseTo(0.6e-25, 31)
    expect(clipped(clipByNorm({ limit: 1 }), tiny)).toEqual(tiny)
    expect(clipped(clipByNorm({ limit: 1 }), [0, 0])).toEqual([0, 0])
  })

  it('lets infinities through as something that is not finite', () => {
    for (const gradient of [
      [Number.POSITIVE_INFINITY, 1],
      [Number.NaN, 1],
    ])
      expect(Number.isFinite(clipped(clipByNorm({ limit: 1 }), gradient)[0])).toBe(false)
  })
})

describe('decay', () => {
  it('of strength 0, decoupled, is no decay, to the bit', () => {
    alike(chain([decoupledDecay({ strength: 0 })], sgd({ rate: 0.25 })), sgd({ rate: 0.25 }))
    const moments = { rate: 0.25, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    alike(adamW({ ...moments, weightDecay: 0 }), adam(moments))
  })

  it('decoupled follows the schedule of the rate, coupled is seen by moments', () => {
    // no gradient: only the pull is left
    const still = [[0], [0]]
    const halved = exponential({ gamma: 0.5, boundary: 'keep' })
    expect(trajectory(chain([halved, decoupledDecay({ strength: 0.5 })], sgd({ rate: 0.5 })), [1], still)).toEqual([
      [0.75],
      [0.75 - 0.25 * 0.5 * 0.75],
    ])
    const heavy = momentum({ rate: 0.5, momentum: 0.5 })
    expect(trajectory(chain([decoupledDecay({ strength: 0.5 })], heavy), [1], still)).toEqual([[0.75], [0.5625]])
    expect(trajectory(chain([l2({ strength: 0.5 })], heavy), [1], still)).toEqual([[0.75], [0.4375]])
  })

  it('towards an anchor ends at it, and its anchor is a copy of the parameters', () => {
    const optimiser = chain(
      [towardsAnchor({ strength: 0.5, anchor: 'boundary', form: 'decoupled' })],
      sgd({ rate: 0.5 }),
    )
    expect(optimiser.slots).toMatchObject([{ name: 'towardsAnchor0/anchor', init: 'params', boundary: 'reset' }])
    const gradients = [[4], ...Array.from({ length: 100 }, () => [0])]
    const after = trajectory(optimiser, [3], gradients)
    expect(after[0]).toEqual([1])
    expect(after.at(-1)?.[0]).toBeCloseTo(3, 9)
  })
})

describe('momentum', () => {
  it('0 is gradient descent to the bit, Nesterov its own', () => {
    alike(momentum({ rate: 0.25, momentum: 0 }), sgd({ rate: 0.25 }))
    alike(nesterov({ rate: 0.25, momentum: 0 }), sgd({ rate: 0.25 }))
  })
})

describe('a chain', () => {
  it('of no parts is the optimiser', () => {
    alike(chain([], sgd({ rate: 0.25 })), sgd({ rate: 0.25 }))
  })

  it('runs its parts from first to last: clipped before or after a pull is added', () => {
    const [clip, pull] = [clipByValue({ limit: 1 }), l2({ strength: 1 })]
    const at = (parts: Parameters<typeof chain>[0]) => trajectory(chain(parts, sgd({ rate: 1 })), [2], [[3]])
    expect(at([clip, pull])).toEqual([[2 - (1 + 2)]])
    expect(at([pull, clip])).toEqual([[2 - 1]])
  })

  it('keeps the slots of parts of one kind, and of chains in chains, apart', () => {
    const warm = (steps: number) => warmUp({ steps, boundary: 'keep' })
    const inner = chain([warm(2)], momentum({ rate: 1, momentum: 0.5 }))
    const whole = chain([warm(4), warm(1)], inner)
    expect(whole.slots.map(({ name }) => name)).toEqual(['warmUp1/step', 'warmUp2/step', 'warmUp0/step', 'velocity'])
    // factors multiply: 1/4 · 1 · 1/2, then 1/2 · 1 · 1; the velocity is 1, then 1.5
    expect(trajectory(whole, [0], [[1], [1]])).toEqual([[-0.125], [-0.875]])
    expect(evaluated(whole, [0], [[1]], 'f64')[0]).toMatchObject({ 'warmUp2/step': [1] })
  })
})
