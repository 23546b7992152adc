import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { layout, mapLayout, view } from '../../src/graph/layout.js'
import { lower } from '../../src/graph/lower.js'
import {
  add,
  assemble,
  block,
  broadcast,
  convolve,
  div,
  dot,
  exp,
  input,
  log,
  maxLast,
  mul,
  neg,
  oneHot,
  poolMax,
  poolMean,
  reshape,
  rows,
  slice,
  square,
  stop,
  sub,
  sum,
  zeros,
} from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { topological } from '../../src/graph/topological.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { randomGraph } from '../support/randomGraph.js'

const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)

describe('grad', () => {
  it('of a network with cross-entropy and a quadratic penalty equals f64 differences, for every seed', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const net = mlp({ inputs: 3, hidden: [4, 3], outputs: 3, initialiser: 'glorot' })
        const p = block('p', [net.layout.size])
        const losses = crossEntropy(net.apply(p, input('x', [4, 3])).logits, input('y', [4], 'i32'))
        const loss = add(
          weightedMean(losses, input('w', [4])),
          mul(0.5, sum(square(sub(p, block('anchor', [net.layout.size]))))),
        )
        const env = {
          p: draws(seed, net.layout.size),
          anchor: draws(seed + 1, net.layout.size),
          x: draws(seed + 2, 12),
          y: [0, 1, 2, 1],
          w: [1, 0.5, 1, 0],
        }
        const g = evaluate([grad(loss, p)], env, 'f64')[0]!
        const at = (i: number, step: number) =>
          evaluate([loss], { ...env, p: env.p.map((v, j) => (i === j ? v + step : v)) }, 'f64')[0]![0]!
        g.forEach((v, i) =>
          expect(Math.abs((at(i, 1e-6) - at(i, -1e-6)) / 2e-6 - v)).toBeLessThan(
            1e-7 * Math.max(1, Math.abs(v)) + 1e-7,
          ),
        )
      }),
      { numRuns: 25 },
    )
  })

  it('of a gradient gives Hessian-vector products that are symmetric', () => {
    const p = block('p', [6])
    const loss = sum(exp(dot(input('x', [2, 3]), reshape(slice(p, 0, [6]), [3, 2]))))
    const hvp = (v: string) => grad(sum(mul(grad(loss, p), input(v, [6]))), p)
    const env = { p: draws(1, 6), x: draws(2, 6), u: draws(3, 6), v: draws(4, 6) }
    const [hu, hv] = evaluate([hvp('u'), hvp('v')], env, 'f64')
    const inner = (a: ArrayLike<number>, b: Float64Array) => b.reduce((acc, x, i) => acc + x * a[i]!, 0)
    expect(inner(hu!, env.v)).toBeCloseTo(inner(hv!, env.u), 12)
  })

  it('is zero through stop and for what the loss does not use', () => {
    const p = block('p', [3])
    expect([...evaluate([grad(sum(square(stop(p))), p)], { p: [1, 2, 3] }, 'f64')[0]!]).toEqual([0, 0, 0])
    expect([...evaluate([grad(input('x'), p)], { x: 1, p: [1, 2, 3] }, 'f64')[0]!]).toEqual([0, 0, 0])
  })

  it('adds what one range of a vector contributes under two shapes, and goes through ranges of a matrix', () => {
    const p = block('p', [4])
    const twice = add(sum(square(slice(p, 0, [2, 2]))), sum(mul(3, slice(p, 0, [4]))))
    expect([...evaluate([grad(twice, p)], { p: [1, 2, 3, 4] }, 'f64')[0]!]).toEqual([5, 7, 9, 11])
    const m = block('m', [2, 2])
    expect([...evaluate([grad(sum(square(slice(m, 1, [2]))), m)], { m: [1, 2, 3, 4] }, 'f64')[0]!]).toEqual([
      0, 4, 6, 0,
    ])
  })

  it('does the work of a repeated expression once', () => {
    const net = mlp({ inputs: 5, hidden: [4], outputs: 2, initialiser: 'glorot' })
    const p = block('p', [net.layout.size])
    const losses = () => sum(crossEntropy(net.apply(p, input('x', [3, 5])).logits, input('y', [3], 'i32')))
    expect(cost([grad(add(losses(), losses()), p)]).macs).toBe(cost([grad(losses(), p)]).macs)
  })

  it('flushes the cotangent that enters a product', () => {
    const w = block('w', [2, 2])
    const g = grad(mul(1e-30, sum(dot(input('x', [1, 2]), w))), w)
    expect([...evaluate([g], { x: [1, 1], w: [1, 2, 3, 4] }, 'f32')[0]!]).toEqual([0, 0, 0, 0])
  })
})

describe('graph rewriting', () => {
  it('keeps every bit of the f32 reference, for every random graph', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 40 }), (seed, nodes) => {
        const g = randomGraph(seed, nodes, 6)
        const outputs = Object.values(g.outputs)
        const twice = lower(lower(outputs))
        const bits = (x: readonly ArrayLike<number>[]) =>
          x.map((v) => [...new Int32Array(Float32Array.from(v, (k) => (k !== k ? Number.NaN : k)).buffer)])
        expect(bits(evaluate(twice, g.env, 'f32'))).toEqual(bits(evaluate(outputs, g.env, 'f32')))
      }),
      { numRuns: 100 },
    )
  })
  it('does not rewrite what would change bits', () => {
    const names = (e: ReturnType<typeof neg>) => topological(lower([e])).map((n) => n.op.name)
    const x = input('x', [3])
    expect(names(add(x, 0))).toContain('add')
    expect(names(mul(x, 0))).toContain('multiply')
    expect(names(div(x, 3))).toContain('divide')
    expect(names(mul(x, 1))).toEqual(['input'])
    expect(names(neg(neg(x)))).toEqual(['input'])
  })
  it('gives exp and log of a literal the bits that a fed value has', () => {
    for (const value of [0.1, 0.7, 3.3, 5.5]) {
      const [constant, fed] = evaluate(
        [add(exp(value), log(value)), add(exp(input('x')), log(input('x')))],
        { x: value },
        'f32',
      )
      expect(constant).toEqual(fed)
    }
  })
  it('keeps NaN and the infinities apart when it merges literals', () => {
    const values = evaluate(
      [add(input('x'), Number.NaN), add(input('x'), Infinity), add(input('x'), -Infinity)],
      { x: 1 },
      'f32',
    )
    expect(values.map((v) => v[0])).toEqual([Number.NaN, Infinity, -Infinity])
  })
})

describe('shapes', () => {
  it('that do not fit are refused with both shapes', () => {
    expect(() => dot(input('a', [2, 3]), input('b', [2, 3]))).toThrow(
      'dot: expected equal inner lengths, got [2, 3] and [2, 3]',
    )
    expect(() => add(input('a', [2, 3]), input('b', [2]))).toThrow('[2, 3] and [2]')
    expect(() => maxLast(input('a', [3]))).toThrow('two axes or more')
    expect(() => input('a', [0])).toThrow("input 'a': expected axes of whole lengths from 1, got [0]")
    expect(() => input('a', [1, 2, 3, 4, 5])).toThrow("input 'a': expected at most four axes, got [1, 2, 3, 4, 5]")
  })
  it('of no tensor are refused wherever they would arise', () => {
    const x = input('x', [4])
    expect(() => zeros([0, 3])).toThrow('whole lengths from 1, got [0, 3]')
    expect(() => reshape(x, [8, 0.5])).toThrow('whole lengths from 1, got [8, 0.5]')
    expect(() => slice(x, 1, [0])).toThrow('whole lengths from 1, got [0]')
    expect(() => oneHot(input('i', [2], 'i32'), 0)).toThrow('whole lengths from 1, got [2, 0]')
    expect(() => sum(broadcast(input('s'), [2 ** 15, 2 ** 15]))).toThrow(
      'broadcast: expected fewer than 2^30 elements, got [32768, 32768]',
    )
    expect(() => assemble(4, [{ at: 0.5, value: input('y', [2]) }])).toThrow('assemble at 0.5')
  })
  it('are not enough: integers are refused by everything but gathers, one-hot rows and views', () => {
    const [bytes, indices] = [input('bytes', [2, 3], 'u8'), input('indices', [2], 'i32')]
    const image = input('image', [1, 2, 2, 1], 'u8')
    const refused = [
      () => add(bytes, bytes),
      () => sum(bytes),
      () => maxLast(bytes),
      () => broadcast(input('i', [], 'i32'), [2]),
      () => dot(input('x', [2, 2]), bytes),
      () => convolve(image, input('kernel', [1, 1, 1, 1])),
      () => poolMax(image, 2),
      () => poolMean(image, 2),
      () => assemble(4, [{ at: 0, value: indices }]),
    ]
    for (const build of refused) expect(build).toThrow(/: expected f32 arguments, got .*(u8|i32) \[/)
    expect(rows(bytes, slice(indices, 1, [1])).dtype).toBe('f32')
    expect(reshape(bytes, [6]).dtype).toBe('u8')
  })
  it('of a layout are views, and mapping them with the identity changes nothing', () => {
    const l = layout([
      { name: 'w', shape: [2, 3] },
      { name: 'b', shape: [3] },
    ])
    const p = block('p', [9])
    const env = { p: [1, 2, 3, 4, 5, 6, 7, 8, 9] }
    expect([...evaluate([view(l, p, 'b')], env, 'f32')[0]!]).toEqual([7, 8, 9])
    expect([...evaluate([mapLayout(l, p, (x) => x)], env, 'f32')[0]!]).toEqual(env.p)
    expect(() => view(l, p, 'c')).toThrow("no tensor 'c'; known: w, b")
  })
  it('print one line a node', () => {
    expect(print([log(input('x'))])).toBe('%0 = input() {name=x} []\n%1 = log(%0) []\nreturn %1')
  })
})
