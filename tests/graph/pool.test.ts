import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { dot, input, mul, poolMax, poolMean, reshape, square, sum } from '../../src/graph/ops.js'
import { poolPick, poolRoute } from '../../src/graph/primitives/poolMax.js'
import { poolSpread, poolSum } from '../../src/graph/primitives/poolSum.js'
import { sizeOf } from '../../src/graph/shape.js'

// All NaN are one NaN: payloads are not promised.
const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]
const compiledAll = (es: Record<string, Expr>, env: Record<string, Float32Array>) => {
  const program = compile({ updates: {}, outputs: es }, createStore())
  program.run(env)
  return Object.keys(es).map((name) => program.output(name))
}
const compiled = (e: Expr, env: Record<string, Float32Array>): Float32Array => compiledAll({ e }, env)[0]!
const reference = (e: Expr, env: Env): Float32Array => evaluate([e], env, 'f32')[0]!

const value = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 3, arbitrary: fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024) },
  { weight: 2, arbitrary: fc.constantFrom(Number.NaN, -0, Infinity, -Infinity, 1e-42, 3e38) },
)
const values = (n: number) => fc.array(value, { minLength: n, maxLength: n }).map((xs) => Float32Array.from(xs))

/** An image shape with a window size that fits: odd channels, left-over rows and columns, windows beyond the unrolled ones. */
const pooling = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    rows: fc.integer({ min: 0, max: 5 }),
    columns: fc.integer({ min: 0, max: 5 }),
    channels: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.constantFrom(8, 16, 17, 23, 35)),
    size: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ n, rows, columns, channels, size }) => ({ shape: [n, size + rows, size + columns, channels], size }))
const pooledShapeOf = ({ shape, size }: { readonly shape: readonly number[]; readonly size: number }) => [
  shape[0]!,
  Math.floor(shape[1]! / size),
  Math.floor(shape[2]! / size),
  shape[3]!,
]
const images = pooling.chain((p) => {
  const pooled = pooledShapeOf(p)
  return fc.record({
    p: fc.constant({ ...p, pooled }),
    x: values(sizeOf(p.shape)),
    v: values(sizeOf(p.shape)),
    ct: values(sizeOf(pooled)),
  })
})

describe('pooling', () => {
  it('compiles to the bits of its reference, for every shape, window and value, NaN and signed zeros included', () => {
    fc.assert(
      fc.property(images, ({ p: { shape, size, pooled }, x, v, ct }) => {
        const [X, V, CT] = [input('x', shape), input('v', shape), input('ct', pooled)]
        const es = {
          max: poolMax(X, size),
          route: poolRoute(X, CT, size),
          pick: poolPick(X, V, size),
          sum: poolSum(X, size),
          mean: poolMean(X, size),
          spread: poolSpread(CT, shape, size),
        }
        const env = { x, v, ct }
        expect(compiledAll(es, env).map(bits)).toEqual(evaluate(Object.values(es), env, 'f32').map(bits))
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  it('takes the maximum and the mean of each window, and sends the derivative of the maximum to the first one, for every image of small whole numbers', () => {
    fc.assert(
      fc.property(pooling, fc.infiniteStream(fc.integer({ min: -2, max: 2 })), (p, stream) => {
        const { shape, size } = p
        const [n, height, width, channels] = shape as [number, number, number, number]
        const [, rows, columns] = pooledShapeOf(p) as [number, number, number, number]
        const x = Float32Array.from({ length: sizeOf(shape) }, () => stream.next().value)
        const X = input('x', shape)
        const weights = Float32Array.from({ length: sizeOf(pooledShapeOf(p)) }, (_, i) => i + 1)
        const w = input('w', pooledShapeOf(p))
        const at = (i: number, y: number, z: number, c: number): number => ((i * height + y) * width + z) * channels + c
        const best: number[] = []
        const means: number[] = []
        const slope = new Float32Array(x.length)
        for (let i = 0; i < n; i++)
          for (let y = 0; y < rows; y++)
            for (let z = 0; z < columns; z++)
              for (let c = 0; c < channels; c++) {
                const places = Array.from({ length: size * size }, (_, k) =>
                  at(i, y * size + Math.floor(k / size), z * size + (k % size), c),
                )
                const top = Math.max(...places.map((k) => x[k]!))
                best.push(top)
                means.push(Math.fround(places.reduce((total, k) => total + x[k]!, 0) / (size * size)))
                slope[places.find((k) => x[k] === top)!] = best.length
              }
        expect([...reference(poolMax(X, size), { x })].map(Math.abs)).toEqual(best.map(Math.abs))
        expect([...reference(poolMean(X, size), { x })].map((v) => v + 0)).toEqual(means.map((v) => v + 0))
        expect([...compiled(grad(sum(mul(poolMax(X, size), w)), X), { x, w: weights })]).toEqual([...slope])
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('keeps a NaN that comes first in its window and passes over a later one; of equal zeros the first counts', () => {
    const e = poolMax(input('x', [1, 2, 2, 2]), 2)
    const pool = (...x: readonly number[]): readonly number[] => bits(compiled(e, { x: Float32Array.from(x) }))
    // Channels alternate: the window of the first is entries 0, 2, 4, 6.
    expect(pool(Number.NaN, -0, 1, 0, 2, -1, 3, -0)).toEqual(bits([Number.NaN, -0]))
    expect(pool(1, 0, Number.NaN, -0, 2, -1, Number.NaN, -0)).toEqual(bits([2, 0]))
  })

  it('has pairs of transposes: ⟨route(ct), v⟩ = ⟨ct, pick(v)⟩ and ⟨spread(ct), v⟩ = ⟨ct, sum(v)⟩', () => {
    const whole = (n: number) =>
      fc.array(fc.integer({ min: -8, max: 8 }), { minLength: n, maxLength: n }).map((xs) => Float32Array.from(xs))
    const inner = (a: Float32Array, b: Float32Array): number => a.reduce((acc, v, i) => acc + v * b[i]!, 0)
    const cases = pooling.chain((p) =>
      fc.tuple(fc.constant(p), whole(sizeOf(p.shape)), whole(sizeOf(p.shape)), whole(sizeOf(pooledShapeOf(p)))),
    )
    fc.assert(
      fc.property(cases, ([{ shape, size }, x, v, ct]) => {
        const [X, V, CT] = [input('x', shape), input('v', shape), input('ct', pooledShapeOf({ shape, size }))]
        const env = { x, v, ct }
        const of = (e: Expr) => reference(e, env)
        expect(inner(of(poolRoute(X, CT, size)), v)).toBe(inner(ct, of(poolPick(X, V, size))))
        expect(inner(of(poolSpread(CT, shape, size)), v)).toBe(inner(ct, of(poolSum(V, size))))
      }),
      { numRuns: 100 },
    )
  })

  it('has the second derivatives that f64 differences of the first show', () => {
    const shape = [2, 5, 4, 3]
    const X = input('x', shape)
    const W = input('w', [12, 3])
    const x = Float64Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7919) % 127) / 64 - 1)
    const w = Float64Array.from({ length: 36 }, (_, i) => ((i * 104729) % 61) / 32 - 1)
    for (const pool of [poolMax, poolMean]) {
      const features = dot(reshape(square(pool(X, 2)), [2, 12]), W)
      const first = grad(sum(square(features)), X)
      const d = Float64Array.from(x, (_, i) => ((i * 31) % 17) / 16 - 0.5)
      const product = grad(sum(mul(first, input('d', shape))), X)
      const analytic = evaluate([product], { x, w, d }, 'f64')[0]!
      const at = (step: number) => evaluate([first], { x: x.map((v, i) => v + step * d[i]!), w }, 'f64')[0]!
      const [up, down] = [at(1e-5), at(-1e-5)]
      analytic.forEach((a, i) => {
        const slope = (up[i]! - down[i]!) / 2e-5
        expect(Math.abs(a - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)))
      })
      expect(analytic.some((a) => Math.abs(a) > 0.1)).toBe(true)
      const env = { x: Float32Array.from(x), w: Float32Array.from(w), d: Float32Array.from(d) }
      expect(bits(compiled(product, env))).toEqual(bits(reference(product, env)))
    }
  })

  it('refuses a window that does not fit, what is no image, and cotangents of another shape', () => {
    expect(() => poolMax(input('x', [2, 3, 4, 1]), 4)).toThrow('window of 4 × 4, got [2, 3, 4, 1]')
    expect(() => poolSum(input('x', [2, 3, 4, 1]), 1.5)).toThrow('poolSum')
    expect(() => poolMax(input('x', [3, 4]), 1)).toThrow('poolMax: expected images [n, height, width, channels]')
    expect(() => poolRoute(input('x', [1, 4, 4, 2]), input('ct', [1, 2, 2, 1]), 2)).toThrow('poolRoute')
    expect(() => poolPick(input('x', [1, 4, 4, 2]), input('v', [1, 4, 4, 1]), 2)).toThrow('poolPick')
    expect(() => poolSpread(input('x', [1, 4, 4, 2]), [1, 4, 4, 2], 2)).toThrow('poolSpread')
  })
})
