import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, convolve, dot, input, mul, poolMean, relu, reshape, rows, slice, sum } from '../../src/graph/ops.js'
import { perExampleAbsolutes, perExampleSquares } from '../../src/graph/perExample.js'
import { sizeOf } from '../../src/graph/shape.js'
import { cnn } from '../../src/nn/cnn.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { type FisherLabels, fisherTerms } from '../../src/strategy/fisher.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'

const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)

const net = cnn({ height: 5, width: 4, channels: 2, filters: [3, 2], kernel: 3, outputs: 3, initialiser: 'glorot' })
const size = net.layout.size
const p = block('p', [size])

/** Terms of the Fisher information of `n` rows, over inputs `x`, `y`, `w` and `u`. */
const termsOf = (labels: FisherLabels, n: number) => {
  const z = net.apply(p, input('x', [n, net.inputs])).logits
  const [y, weights, uniform] = [input('y', [n], 'i32'), input('w', [n]), input('u', [n])]
  const losses = (target: Expr): Expr => crossEntropy(z, target)
  return fisherTerms(
    labels,
    losses,
    { n, x: input('x', [n, net.inputs]), y, weights },
    { count: 3, active: [0, 1, 2] },
    uniform,
  )
}

const environment = (seed: number, n: number) => ({
  p: draws(seed, size),
  x: draws(seed + 1, n * net.inputs),
  y: draws(seed + 2, n).map((u) => Math.floor(((u + 1) / 2) * 3)),
  w: draws(seed + 3, n).map(Math.abs),
  u: draws(seed + 4, n).map(Math.abs),
})

describe('per-example squared and absolute gradients of a convolutional network', () => {
  it('equal the loop with batch size 1, whichever labels the Fisher information is of', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<FisherLabels>('exact', 'sample', 'predicted', 'empirical'),
        (seed, n, labels) => {
          const env = environment(seed, n)
          const terms = termsOf(labels, n)
          const [squares, absolutes] = evaluate(
            [perExampleSquares(terms, p), perExampleAbsolutes(terms, p)],
            env,
            'f64',
          )
          const alone = termsOf(labels, 1).flatMap(({ loss, weight }) => [weight, grad(sum(loss), p)])
          const loop = new Float64Array(2 * size)
          for (let i = 0; i < n; i++) {
            const row = {
              p: env.p,
              x: env.x.slice(i * net.inputs, (i + 1) * net.inputs),
              y: [env.y[i]!],
              w: [env.w[i]!],
              u: [env.u[i]!],
            }
            const values = evaluate(alone, row, 'f64')
            for (let t = 0; t < values.length; t += 2)
              values[t + 1]!.forEach((g, k) => {
                loop[k]! += values[t]![0]! * g * g
                loop[size + k]! += values[t]![0]! * Math.abs(g)
              })
          }
          const sums = [...squares!, ...absolutes!]
          sums.forEach((s, k) => expect(Math.abs(s - loop[k]!)).toBeLessThan(1e-13 + 1e-9 * Math.abs(s)))
        },
      ),
      { numRuns: 24 },
    )
  })

  it('compile to the bits of the reference', () => {
    for (const labels of ['exact', 'sample', 'predicted', 'empirical'] as const) {
      const squares = perExampleSquares(termsOf(labels, 3), p)
      const { p: parameters, x, w, y, u } = environment(7, 3)
      const env = { x, w, ...(labels === 'sample' ? { u } : labels === 'empirical' ? { y } : {}) }
      const store = createStore()
      store.block('p', [size])
      store.write('p', parameters)
      const program = compile({ updates: {}, outputs: { squares } }, store)
      program.run(env)
      expect(program.output('squares')).toEqual(evaluate([squares], { ...env, p: parameters }, 'f32')[0])
    }
  })

  it('hold for strides, borders, mean pooling and a kernel without initial values', () => {
    const n = 3
    const q = block('q', [2 * 3 * 2 + 4])
    const lossOf = (rows: number, x: Expr): Expr => {
      const images = convolve(reshape(x, [rows, 5, 6, 1]), slice(q, 0, [2, 3, 1, 2]), { stride: 2, pad: 1 })
      return sum(dot(reshape(poolMean(relu(images), 3), [rows, 2]), slice(q, 12, [2, 2])), 1)
    }
    const env = { q: draws(1, 16), x: draws(2, n * 30), w: [1, 0.5, 2] }
    const term = { loss: lossOf(n, input('x', [n, 30])), weight: input('w', [n]) }
    const squares = evaluate([perExampleSquares([term], q)], env, 'f64')[0]!
    const one = grad(sum(lossOf(1, input('x', [1, 30]))), q)
    const loop = new Float64Array(16)
    for (let i = 0; i < n; i++)
      evaluate([one], { q: env.q, x: env.x.slice(30 * i, 30 * (i + 1)) }, 'f64')[0]!.forEach((g, k) => {
        loop[k]! += env.w[i]! * g * g
      })
    squares.forEach((s, k) => expect(s).toBeCloseTo(loop[k]!, 12))
    expect(loop.every((v) => v > 0)).toBe(true)
  })

  it('are refused where images mix, and where a kernel is used twice', () => {
    const q = block('q', [9])
    const kernel = slice(q, 0, [1, 1, 3, 3])
    const x = reshape(input('x', [2, 12]), [2, 2, 2, 3])
    const weight = input('w', [2])
    const refused = (loss: Expr, message: string): void =>
      expect(() => perExampleSquares([{ loss, weight }], q)).toThrow(message)
    const y = convolve(x, kernel)
    const last = (e: Expr): Expr => sum(reshape(e, [2, sizeOf(e.shape) / 2]), 1)
    refused(last(convolve(y, kernel)), 'a second time')
    refused(last(relu(reshape(y, [4, 6]))), "'reshape' mixes examples")
    refused(last(mul(y, sum(y))), "'broadcast' mixes examples")
    refused(last(convolve(x, reshape(y, [1, 1, 3, 8]))), 'mixes examples')
    refused(sum(rows(reshape(y, [2, 12]), input('i', [2], 'i32')), 1), "'rows' mixes examples")
  })
})
