import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { input } from '../../src/graph/ops.js'
import { crossEntropy, logSoftmax, softmax, weightedMean } from '../../src/nn/loss.js'

const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 256)
const f64 = (e: ReturnType<typeof input>, env: Record<string, ArrayLike<number>>) => evaluate([e], env, 'f64')[0]!

describe('softmax and cross-entropy', () => {
  it('softmax of [1, 2, 3] is the exponentials over their sum', () => {
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3)
    const p = evaluate([softmax(input('z', [1, 3]))], { z: [1, 2, 3] }, 'f32')[0]!
    p.forEach((v, i) => expect(v).toBeCloseTo(Math.exp(i + 1) / total, 6))
  })
  it('for every row, probabilities are positive, add up to 1 and do not change when all logits shift', () => {
    fc.assert(
      fc.property(fc.array(grid, { minLength: 2, maxLength: 9 }), grid, (z, shift) => {
        const e = softmax(input('z', [1, z.length]))
        const [p, q] = [f64(e, { z }), f64(e, { z: z.map((v) => v + shift) })]
        expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
        p.forEach((v, i) => {
          expect(v).toBeGreaterThan(0)
          expect(q[i]).toBeCloseTo(v, 10)
        })
      }),
    )
  })
  it('the gradient of the loss in the logits is softmax minus one-hot', () => {
    const z = input('z', [1, 4])
    const loss = weightedMean(crossEntropy(z, input('y', [1], 'i32')), input('w', [1]))
    const env = { z: [0.5, -1, 2, 0], y: [2], w: [1] }
    const p = f64(softmax(z), env)
    f64(grad(loss, z), env).forEach((g, i) => expect(g).toBeCloseTo(p[i]! - (i === 2 ? 1 : 0), 12))
  })
  it('an output that is not active has probability exactly 0 and no gradient', () => {
    const [z, active] = [input('z', [1, 3]), input('active', [1, 3])]
    const env = { z: [3, 1, 2], active: [0, 1, 1], y: [1], w: [1] }
    const loss = weightedMean(crossEntropy(z, input('y', [1], 'i32'), active), input('w', [1]))
    const [p, g] = evaluate([softmax(z, active), grad(loss, z)], env, 'f32')
    expect(p![0]).toBe(0)
    expect(g![0]).toBe(0)
    expect(p![1]! + p![2]!).toBeCloseTo(1, 6)
  })
  it('large logits neither overflow nor lose the loss', () => {
    const loss = crossEntropy(input('z', [1, 2]), input('y', [1], 'i32'))
    expect(evaluate([loss], { z: [1000, 0], y: [1] }, 'f32')[0]![0]).toBe(1000)
    expect(evaluate([logSoftmax(input('z', [1, 2]))], { z: [1000, 0] }, 'f32')[0]![0]).toBe(0)
  })
  it('rows of weight 0 at the end change no bit of the mean, for every batch', () => {
    fc.assert(
      fc.property(fc.array(grid, { minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 5 }), (x, padding) => {
        const mean = (values: readonly number[], weights: readonly number[]) =>
          evaluate(
            [weightedMean(input('x', [values.length]), input('w', [values.length]))],
            { x: values, w: weights },
            'f32',
          )[0]![0]
        const zeros = new Array<number>(padding).fill(0)
        const ones = x.map(() => 1)
        expect(mean([...x, ...zeros.map(() => 7)], [...ones, ...zeros])).toBe(mean(x, ones))
      }),
    )
  })
})
