import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { input, mul, sum } from '../../src/graph/ops.js'
import { perExampleSquares } from '../../src/graph/perExample.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import { type FisherLabels, fisherSum, fisherTerms } from '../../src/strategy/fisher.js'
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
    ['weighted', (row: number, label: number) => hit(env.y[row] === label) * p(row, label)],
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

/** What `fisherSum` makes of these rows of the environment, repeats allowed: squares and their number. Uniform numbers belong to rows unless given. */
const sumOver = (
  labels: FisherLabels | 'batched',
  picked: readonly number[],
  drawn: ArrayLike<number> = picked.map((i) => env.uniform[i] ?? 0),
) => {
  const count = picked.length
  const batch = {
    n: count,
    x: input('x', [count, inputs]),
    y: input('y', [count], 'i32'),
    weights: input('weights', [count]),
  }
  const z = network.apply(params, batch.x).logits
  const found = fisherSum(labels, params, {
    losses: (l) => crossEntropy(z, l),
    mean: (values) => weightedMean(values, batch.weights),
    rows: batch,
    outputs: { count: outputs, active: [0, 1, 2, 3] },
    uniform: input('uniform', [count]),
  })
  const values = {
    params: env.params,
    x: picked.flatMap((i) => [...env.x.slice(i * inputs, (i + 1) * inputs)]),
    y: picked.map((i) => env.y[i] ?? 0),
    weights: picked.map((i) => env.weights[i] ?? 0),
    uniform: drawn,
  }
  const [squares, number] = evaluate([found.squares, found.count], values, 'f64')
  return { squares: [...(squares ?? [])], count: number?.[0] ?? Number.NaN }
}

const gradientsOf = (q: (row: number) => number, count: number): Float64Array => {
  const total = new Float64Array(network.layout.size)
  for (let row = 0; row < count; row++) {
    const loss = sum(mul(losses(rows.y), sum(labelOf(row, 1, n), 0)))
    f64(grad(loss, params)).forEach((g, i) => {
      total[i]! += q(row) * g
    })
  }
  return total
}

describe('fisherSum', () => {
  it.each(['exact', 'sample', 'predicted', 'empirical', 'weighted'] as const)(
    '%s is at least 0 and independent of the order of rows and of how they are cut into batches, to rounding of f64',
    (kind) => {
      const whole = sumOver(kind, [0, 1, 2, 3])
      const turned = sumOver(kind, [2, 0, 3, 1])
      const parts = [[0], [1, 3], [2]].map((picked) => sumOver(kind, picked))
      const scale = Math.max(...whole.squares)
      expect(whole.squares.every((f) => f >= 0)).toBe(true)
      whole.squares.forEach((f, i) => {
        expect(Math.abs((turned.squares[i] ?? 0) - f)).toBeLessThan(1e-14 * scale)
        expect(Math.abs(parts.reduce((total, part) => total + (part.squares[i] ?? 0), 0) - f)).toBeLessThan(
          1e-14 * scale,
        )
      })
      expect([whole.count, turned.count, ...parts.map(({ count }) => count)]).toEqual([4, 4, 1, 2, 1])
    },
  )

  it('batched is the square of the mean gradient of the real rows, in f64, and is one square', () => {
    const { squares, count } = sumOver('batched', [0, 1, 2, 3, 4])
    const mean = gradientsOf(() => 1 / 4, 4)
    const scale = Math.max(...mean) ** 2
    squares.forEach((f, i) => expect(Math.abs(f - (mean[i] ?? 0) ** 2)).toBeLessThan(1e-12 * scale))
    expect(count).toBe(1)
  })

  it('batched is biased: on batches of one row it is the empirical one, on larger ones the mean is smaller', () => {
    const one = [0, 1, 2, 3].map((row) => sumOver('batched', [row]).squares)
    const empirical = sumOver('empirical', [0, 1, 2, 3]).squares
    const scale = Math.max(...empirical)
    empirical.forEach((f, i) =>
      expect(Math.abs(one.reduce((total, squares) => total + (squares[i] ?? 0), 0) - f)).toBeLessThan(1e-12 * scale),
    )
    const total = (v: readonly number[]): number => v.reduce((a, b) => a + b, 0)
    expect(total(sumOver('batched', [0, 1, 2, 3]).squares)).toBeLessThan(0.7 * (total(empirical) / 4))
  })

  it('exact is the mean over many sampled labels, within 5 standard errors of each element', () => {
    const [samples, copies] = [4000, 500]
    const total = new Float64Array(network.layout.size)
    // each row occurs many times in a batch, with uniform numbers of its own
    const picked = Array.from({ length: copies * 4 }, (_, i) => i % 4)
    for (let part = 0; part < samples / copies; part++)
      sumOver('sample', picked, uniforms(named(key(part), 'labels'), picked.length)).squares.forEach((f, i) => {
        total[i]! += f / samples
      })
    const exact = sumOver('exact', [0, 1, 2, 3]).squares
    const variance = varianceOfSquares()
    expect(Math.max(...variance)).toBeGreaterThan(0)
    exact.forEach((f, i) => {
      expect(Math.abs((total[i] ?? 0) - f)).toBeLessThan(5 * Math.sqrt((variance[i] ?? 0) / samples) + 1e-12)
    })
  })
})

/** Variance of one sampled sum over the four rows: sum over rows of E g^4 - (E g^2)^2, labels drawn from the model. */
const varianceOfSquares = (): Float64Array => {
  const total = new Float64Array(network.layout.size)
  for (let row = 0; row < 4; row++) {
    const squares = labels.map((label) => {
      const loss = sum(mul(crossEntropy(logits, labelOf(label, n, outputs)), sum(labelOf(row, 1, n), 0)))
      return f64(grad(loss, params)).map((g) => g * g)
    })
    total.forEach((_, i) => {
      const mean = labels.reduce((m, label) => m + p(row, label) * (squares[label]?.[i] ?? 0), 0)
      const fourth = labels.reduce((m, label) => m + p(row, label) * (squares[label]?.[i] ?? 0) ** 2, 0)
      total[i]! += fourth - mean * mean
    })
  }
  return total
}
