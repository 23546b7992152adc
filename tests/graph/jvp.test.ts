import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { jvp } from '../../src/graph/jvp.js'
import * as o from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'
import { forwardGap, type Instance, promiseGap, secondGap, transposeGap } from '../support/derivatives.js'
import { randomGraph } from '../support/randomGraph.js'
import { randomRecurrence } from '../support/recurrence.js'

const recurrence = (seed: number): Instance => {
  const r = randomRecurrence(seed)
  const { states, outputs, sums } = o.scan(r, r.step)
  return { ys: [states, outputs, sums].flatMap((x) => Object.values<Expr>(x)), leaves: r.leaves, env: r.env }
}

/** A random graph at a point; `tied`: a multiple of 1/2 for every entry, so that comparisons and maxima meet ties. */
const graphAt = (seed: number, tied: boolean): Instance => {
  const g = randomGraph(seed, 14, 4)
  const leaf = new Map(g.blocks.map((e) => [String(e.attrs.name), e.dtype]))
  const place = (x: number) => (tied ? Math.round(x) / 2 : x / 2)
  const env = Object.fromEntries(
    Object.entries(g.env).map(([name, v]) => [
      name,
      Float64Array.from(v, name === 'indices' || leaf.get(name) === 'u8' ? (x) => x : place),
    ]),
  )
  const ys = Object.values(g.outputs).filter((y) => isTame(y, env))
  const leaves = topological(ys).filter((e) => e.op.codegen === 'leaf' && e.op.name !== 'literal' && e.dtype === 'f32')
  return { ys, leaves, env }
}

/** Whether an expression has a derivative, and values far from poles and overflow, where differences would show nothing. */
const isTame = (y: Expr, env: Instance['env']): boolean => {
  const order = topological([y])
  const values = new Map(evaluate(order, env, 'f64').map((v, i) => [order[i]!, v]))
  return order.every((e) => {
    const differentiable = e.op.vjp !== undefined || e.op.codegen === 'leaf'
    const last = e.args[e.args.length - 1]
    const offPoles = e.op.positive !== true || values.get(last!)!.every((x) => Math.abs(x) > 0.1)
    return differentiable && offPoles && values.get(e)!.every((x) => Math.abs(x) < 256)
  })
}

const graph = (seed: number): Instance => graphAt(seed, false)
const tied = (seed: number): Instance => graphAt(seed, true)

const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)

const laws = (make: (seed: number) => Instance, numRuns: number): void => {
  const forEvery = (check: (instance: Instance, seed: number) => void) => () =>
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => check(make(seed), seed)),
      { numRuns },
    )
  it(
    'is the transpose of reverse mode',
    forEvery((i, seed) => {
      expect(transposeGap(i, seed)).toBeLessThan(1e-11)
    }),
  )
  it(
    'is the slope of what is promised',
    forEvery((i, seed) => {
      expect(promiseGap(i, 0, seed)).toBeLessThan(1e-14)
      expect(forwardGap(i, seed)).toBeLessThan(1e-5)
    }),
  )
  it(
    'gives over reverse mode what reverse over reverse mode gives',
    forEvery((i, seed) => {
      expect(secondGap(i, seed).modes).toBeLessThan(1e-10)
    }),
  )
  it(
    'compiles to the bits of its reference',
    forEvery(({ ys, leaves, env }, seed) => {
      const directions = leaves.map((of, k) => ({ of, along: o.input(`along${k}`, of.shape) }))
      const along = directions.map((d) => [String(d.along.attrs.name), draws(seed, sizeOf(d.along.shape))])
      const all: Record<string, Float64Array> = { ...env, ...Object.fromEntries(along) }
      const single = Object.fromEntries(Object.entries(all).map(([name, v]) => [name, Float32Array.from(v)]))
      const tangents = jvp(ys, directions)
      const values = compiled(tangents, single)
      evaluate(tangents, single, 'f32').forEach((v, i) => expect(bits(values[i]!)).toEqual(bits(v)))
    }),
    60_000,
  )
}

describe('the derivative in a direction, for every random graph', () => laws(graph, 60))
describe('the derivative in a direction, for every random graph at points with ties and zeros', () => laws(tied, 60))
describe('the derivative in a direction, for every random recurrence', () => laws(recurrence, 40))

describe('jvp', () => {
  it('takes variables as independent, and gives zeros where nothing flows', () => {
    const x = o.input('x', [2])
    const y = o.square(x)
    const [a, b, c] = jvp(
      [o.mul(x, y), o.stop(x), o.input('z', [3])],
      [
        { of: x, along: o.input('dx', [2]) },
        { of: y, along: o.zeros([2]) },
      ],
    )
    const env = { x: [2, 3], dx: [1, 10], z: [1, 1, 1] }
    expect(evaluate([a!, b!, c!], env, 'f64').map((v) => [...v])).toEqual([
      [4, 90],
      [0, 0],
      [0, 0, 0],
    ])
  })

  it('refuses a direction of another shape', () => {
    const x = o.input('x', [2])
    expect(() => jvp([x], [{ of: x, along: o.input('v', [3]) }])).toThrow(
      'jvp: expected directions of the shapes of their variables, got [2] and [3]',
    )
  })

  it('carries no state of a loop along that does not move', () => {
    const [a, b] = [o.input('a', [3]), o.input('b', [5])]
    const { states } = o.scan({ states: { a, b, n: o.literal(0) }, steps: 4 }, ({ a, b, n }) => ({
      states: { a: o.mul(a, o.add(n, 2)), b: o.exp(b), n: o.add(n, 1) },
    }))
    const [t] = jvp([states.a], [{ of: a, along: o.input('v', [3]) }])
    const loops = topological([t!]).filter((e) => e.op.name === 'scan')
    expect(loops.map((e) => e.shape)).toEqual([[(3 + 5 + 1) * 5], [3 * 5]])
    expect([...evaluate([t!], { a: [0, 0, 0], b: [0, 0, 0, 0, 0], v: [1, 2, 3] }, 'f64')[0]!]).toEqual([120, 240, 360])
  })

  it('leaves no denormal number where a tangent vanishes over many steps', () => {
    const h = o.input('h', [3])
    const { states } = o.scan({ states: { h }, steps: 400 }, ({ h }) => ({ states: { h: o.mul(h, 0.5) } }))
    const [t] = jvp([states.h], [{ of: h, along: o.ones([3]) }])
    expect([...evaluate([t!], { h: [1, 2, 3] }, 'f32')[0]!]).toEqual([0, 0, 0])
  })
})
