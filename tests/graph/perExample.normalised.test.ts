import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { add, block, dot, exp, input, mul, slice, square, sum } from '../../src/graph/ops.js'
import { perExampleAbsolutes, perExampleSquares } from '../../src/graph/perExample.js'
import { cnn } from '../../src/nn/cnn.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import type { Network } from '../../src/nn/network.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'

const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)

const sizes = { inputs: 3, hidden: [4], outputs: 3, initialiser: 'glorot' } as const
const images = { height: 4, width: 4, channels: 2, filters: [3], kernel: 3, outputs: 3, initialiser: 'glorot' } as const
const running = { kind: 'batch', statistics: 'continue' } as const

const networks: readonly (readonly [string, Network])[] = [
  ['layer normalisation', mlp({ ...sizes, normalisation: { kind: 'layer' } })],
  ['running statistics', mlp({ ...sizes, normalisation: running })],
  ['running statistics of channels', cnn({ ...images, normalisation: running })],
  ['normalisation of whole images', cnn({ ...images, normalisation: { kind: 'layer', over: 'all' } })],
]

/** The squares and then the absolute values, and what a loop with batch size 1 adds up, in f64. */
const compared = (
  lossOf: (p: Expr, x: Expr, y: Expr) => Expr,
  size: number,
  inputs: number,
  env: Readonly<Record<string, Float64Array>>,
  n: number,
): { readonly sums: readonly number[]; readonly loop: readonly number[] } => {
  const p = block('p', [size])
  const losses = lossOf(p, input('x', [n, inputs]), input('y', [n], 'i32'))
  const terms = [{ loss: losses, weight: input('w', [n]) }]
  const [squares, absolutes] = evaluate([perExampleSquares(terms, p), perExampleAbsolutes(terms, p)], env, 'f64')
  const one = grad(sum(lossOf(p, input('x', [1, inputs]), input('y', [1], 'i32'))), p)
  const loop = new Float64Array(2 * size)
  for (let i = 0; i < n; i++) {
    const row = { ...env, x: env['x']!.slice(i * inputs, (i + 1) * inputs), y: env['y']!.slice(i, i + 1) }
    evaluate([one], row, 'f64')[0]!.forEach((g, k) => {
      loop[k] = loop[k]! + env['w']![i]! * g * g
      loop[size + k] = loop[size + k]! + env['w']![i]! * Math.abs(g)
    })
  }
  return { sums: [...squares!, ...absolutes!], loop: [...loop] }
}

const environment = (seed: number, n: number, size: number, inputs: number, kept: number) => ({
  p: draws(seed, size),
  x: draws(seed + 1, n * inputs),
  y: draws(seed + 2, n).map((u) => Math.floor(((u + 1) / 2) * 3)),
  w: draws(seed + 3, n).map(Math.abs),
  // means and variances alike
  state: draws(seed + 4, kept).map((u) => 0.5 + Math.abs(u)),
})

const alike = ({ sums, loop }: ReturnType<typeof compared>): void =>
  sums.forEach((s, k) => expect([k, Math.abs(s - loop[k]!)]).toEqual([k, expect.closeTo(0, 9)]))

describe('per-example squared and absolute gradients through gains and biases', () => {
  it.each(networks)('equal the loop with batch size 1: %s', (_, net) => {
    const kept = net.state?.layout.size ?? 1
    const state = block('state', [kept])
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 5 }), (seed, n) => {
        const lossOf = (p: Expr, x: Expr, y: Expr): Expr => crossEntropy(net.apply(p, x, { state }).logits, y)
        const env = environment(seed, n, net.layout.size, net.inputs, kept)
        const found = compared(lossOf, net.layout.size, net.inputs, env, n)
        alike(found)
        expect(found.loop.some((v) => v > 1e-6)).toBe(true)
      }),
      { numRuns: 10 },
    )
  })

  it('equal the loop where a vector is a function of two others, element by element', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 4 }), (seed, n) => {
        const lossOf = (p: Expr, x: Expr, y: Expr): Expr => {
          const [a, b] = [slice(p, 0, [3]), slice(p, 3, [3])]
          return crossEntropy(mul(dot(x, slice(p, 6, [2, 3])), mul(exp(a), add(square(a), b))), y)
        }
        alike(compared(lossOf, 12, 2, environment(seed, n, 12, 2, 1), n))
      }),
      { numRuns: 20 },
    )
  })

  it('are refused where a parameter is used twice', () => {
    const p = block('p', [3])
    const x = input('x', [2, 3])
    const twice = crossEntropy(mul(mul(x, p), exp(p)), input('y', [2], 'i32'))
    expect(() => perExampleSquares([{ loss: twice, weight: input('w', [2]) }], p)).toThrow(
      "parameters at 0 are used by 'broadcast' a second time",
    )
  })
})
