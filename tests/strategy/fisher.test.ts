import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { input, mul, sum } from '../../src/graph/ops.js'
import { perExampleSquares } from '../../src/graph/perExample.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import { type FisherLabels, fisherTerms } from '../../src/strategy/fisher.js'
import { labelOf } from '../../src/strategy/labelOf.js'

const [n, inputs, outputs] = [5, 3, 4]
const network = mlp({ inputs, hidden: [6], outputs, initialiser: 'pytorch' })
const params = input('params', [network.layout.size])
const x = input('x', [n, inputs])
const rows = { n, x, y: input('y', [n], 'i32'), weights: input('weights', [n]) }
const uniform = input('uniform', [n])
const logits = network.apply(params, x).logits
const losses = (labels: Expr): Expr => crossEntropy(logits, labels)

const env = {
  params: uniforms(named(key(1), 'p'), network.layout.size).map((u) => 2 * u - 1),
  x: uniforms(named(key(1), 'x'), n * inputs),
  y: [0, 1, 2, 3, 1],
  // the last row is padding
  weights: [1, 1, 1, 1, 0],
  uniform: [0, 0.3, 0.6, 0.999, 0.5],
}
const f64 = (e: Expr): Float64Array => Float64Array.from(evaluate([e], env, 'f64')[0] ?? [])

const estimate = (labels: FisherLabels): Float64Array =>
  f64(perExampleSquares(fisherTerms(labels, losses, rows, { count: outputs, active: [0, 1, 2, 3] }, uniform), params))

/** The loop that the batched rule replaces: sum over rows and labels of q(label | row) (d -log p(label | row) / d params)^2. */
const loop = (q: (row: number, label: number) => number): Float64Array => {
  const total = new Float64Array(network.layout.size)
  for (let row = 0; row < n - 1; row++)
    for (let label = 0; label < outputs; label++) {
      const only = labelOf(row, 1, n)
      const loss = sum(mul(crossEntropy(logits, labelOf(label, n, outputs)), sum(only, 0)))
      f64(grad(loss, params)).forEach((g, i) => {
        total[i]! += q(row, label) * g * g
      })
    }
  return total
}

const probabilities = Array.from({ length: outputs }, (_, label) =>
  f64(losses(labelOf(label, n, outputs))).map((l) => Math.exp(-l)),
)
const p = (row: number, label: number): number => probabilities[label]?.[row] ?? 0
const labels = [0, 1, 2, 3]
const hit = (yes: boolean): number => (yes ? 1 : 0)
const sampled = (row: number): number => {
  let cumulated = 0
  return labels.find((label) => (cumulated += p(row, label)) > (env.uniform[row] ?? 0)) ?? 3
}
const best = (row: number): number => labels.reduce((a, b) => (p(row, b) > p(row, a) ? b : a))

describe('fisherTerms', () => {
  it.each([
    ['exact', p],
    ['empirical', (row: number, label: number) => hit(env.y[row] === label)],
    ['predicted', (row: number, label: number) => hit(best(row) === label)],
    ['sample', (row: number, label: number) => hit(sampled(row) === label)],
  ] as const)('%s equals the loop over rows and labels', (kind, q) => {
    const [a, b] = [estimate(kind), loop(q)]
    const scale = Math.max(...b)
    expect(scale).toBeGreaterThan(0)
    a.forEach((value, i) => expect(Math.abs(value - (b[i] ?? 0))).toBeLessThan(1e-6 * scale))
    expect(a.every((value) => value >= 0)).toBe(true)
  })

  it('exact is the closed form x^2 p (1 - p) for softmax regression with two classes', () => {
    const small = mlp({ inputs: 1, hidden: [], outputs: 2, initialiser: 'pytorch' })
    const w = input('w', [small.layout.size])
    const one = { n: 1, x: input('v', [1, 1]), y: input('y', [1], 'i32'), weights: input('k', [1]) }
    const z = small.apply(w, one.x).logits
    const terms = fisherTerms(
      'exact',
      (l) => crossEntropy(z, l),
      one,
      { count: 2, active: [0, 1] },
      input('uniform', [1]),
    )
    const values =
      evaluate([perExampleSquares(terms, w)], { w: [0.3, -0.2, 0.1, 0.4], v: [1.5], k: [1] }, 'f64')[0] ?? []
    const d = 0.3 * 1.5 + 0.1 - (-0.2 * 1.5 + 0.4)
    const q = 1 / (1 + Math.exp(-d))
    const v = q * (1 - q)
    const wanted = [1.5 * 1.5 * v, 1.5 * 1.5 * v, v, v]
    wanted.forEach((f, i) => expect(values[i]).toBeCloseTo(f, 7))
  })
})
