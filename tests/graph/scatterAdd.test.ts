import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, dot, input, mul, rows, scatterAdd, slice, square, sub, sum } from '../../src/graph/ops.js'

// All NaN are one NaN: payloads are not promised.
const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]
const compiled = (e: Expr, env: Record<string, ArrayLike<number>>): Float32Array => {
  const program = compile({ updates: {}, outputs: { e } }, createStore())
  program.run(env)
  return program.output('e')
}
const reference = (e: Expr, env: Env): Float32Array => evaluate([e], env, 'f32')[0]!

// Values that cancel, so that another order of additions shows.
const value = fc.constantFrom(1, -1, 2 ** 25, -(2 ** 25), 2 ** -20, 3, -0, Number.NaN, Infinity, 0.1)
const scatters = fc
  .record({
    m: fc.integer({ min: 1, max: 12 }),
    n: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 18, 33)),
    count: fc.integer({ min: 1, max: 5 }),
  })
  .chain((sizes) =>
    fc.record({
      sizes: fc.constant(sizes),
      values: fc.array(value, { minLength: sizes.m * sizes.n, maxLength: sizes.m * sizes.n }),
      indices: fc.array(fc.nat(sizes.count - 1), { minLength: sizes.m, maxLength: sizes.m }),
    }),
  )

describe('scatterAdd', () => {
  it('adds rows in ascending order from +0, in the reference and compiled, for every table', () => {
    fc.assert(
      fc.property(scatters, ({ sizes: { m, n, count }, values, indices }) => {
        const truth = new Float32Array(count * n)
        indices.forEach((to, i) => {
          for (let j = 0; j < n; j++) truth[to * n + j] = truth[to * n + j]! + values[i * n + j]!
        })
        const e = scatterAdd(input('values', [m, n]), input('indices', [m], 'i32'), count)
        expect(bits(reference(e, { values, indices }))).toEqual(bits(truth))
        expect(bits(compiled(e, { values, indices }))).toEqual(bits(truth))
      }),
      { numRuns: 200 },
    )
  }, 30_000)

  it('is the transpose of rows: ⟨scatterAdd(v), t⟩ = ⟨v, rows(t)⟩, and each is the derivative of the other', () => {
    const [m, n, count] = [6, 3, 4]
    const [v, t, i] = [input('v', [m, n]), input('t', [count, n]), input('i', [m], 'i32')]
    const env = {
      v: Float32Array.from({ length: m * n }, (_, k) => (k % 7) - 3),
      t: Float32Array.from({ length: count * n }, (_, k) => (k % 5) - 2),
      i: [3, 0, 3, 1, 1, 3],
    }
    const left = sum(mul(scatterAdd(v, i, count), t))
    const right = sum(mul(v, rows(t, i)))
    expect(reference(left, env)).toEqual(reference(right, env))
    expect(reference(grad(left, v), env)).toEqual(reference(rows(t, i), env))
    expect(reference(grad(right, t), env)).toEqual(reference(scatterAdd(v, i, count), env))
  })

  it('gives an embedding inside of a flat parameter vector the gradient that f64 differences show', () => {
    const [words, width, classes, m] = [5, 3, 2, 7]
    const size = words * width + width * classes
    const params = block('params', [size])
    const embedded = rows(slice(params, 0, [words, width]), input('text', [m], 'i32'))
    const scores = dot(embedded, slice(params, words * width, [width, classes]))
    const loss = sum(square(sub(scores, input('target', [m, classes]))))
    const g = grad(loss, params)
    const env = {
      params: Float64Array.from({ length: size }, (_, k) => ((k * 37) % 16) / 8 - 0.9),
      text: [1, 4, 1, 1, 0, 2, 4],
      target: Float64Array.from({ length: m * classes }, (_, k) => ((k * 13) % 8) / 8),
    }
    const analytic = evaluate([g], env, 'f64')[0]!
    const at = (k: number, step: number): number =>
      evaluate([loss], { ...env, params: env.params.map((p, i) => (i === k ? p + step : p)) }, 'f64')[0]![0]!
    analytic.forEach((a, k) => {
      expect(Math.abs((at(k, 1e-5) - at(k, -1e-5)) / 2e-5 - a)).toBeLessThan(1e-6)
    })
    // Word 3 does not occur.
    expect([...analytic.slice(9, 12)]).toEqual([0, 0, 0])
    expect(Math.abs(analytic[3]!)).toBeGreaterThan(0.1)

    const store = createStore()
    store.block('params', [size])
    store.write('params', env.params)
    const updated = sub(params, mul(0.125, g))
    const program = compile({ updates: { params: updated }, outputs: { g } }, store)
    program.run({ text: env.text, target: env.target })
    expect(bits(program.output('g'))).toEqual(bits(reference(g, env)))
    expect(bits(store.read('params'))).toEqual(bits(reference(updated, env)))
  })

  it('leaves a u8 table and the indices without a derivative, and without an error', () => {
    const scale = input('scale', [3])
    const table = input('table', [4, 3], 'u8')
    const loss = sum(mul(rows(table, input('i', [2], 'i32')), scale))
    const env = { scale: [1, 2, 3], table: Array.from({ length: 12 }, (_, k) => k), i: [1, 3] }
    expect([...reference(grad(loss, scale), env)]).toEqual([12, 14, 16])
    expect([...reference(grad(loss, table), env)]).toEqual(new Array(12).fill(0))
  })

  it('refuses indices outside of the table: fed ones before anything runs, resident ones before a write', () => {
    const fed = scatterAdd(input('v', [2, 1]), input('i', [2], 'i32'), 3)
    for (const i of [
      [0, 3],
      [-1, 0],
    ]) {
      expect(() => compiled(fed, { v: [1, 2], i })).toThrow(/input 'i' holds index (3|-1), its table has 3 rows/)
      expect(() => reference(fed, { v: [1, 2], i })).toThrow(/scatterAdd: index (3|-1) outside of a table of 3 rows/)
    }
    const store = createStore()
    store.block('i', [2], 'i32')
    store.write('i', [0, 2 ** 30])
    const resident = scatterAdd(input('v', [2, 1]), block('i', [2], 'i32'), 3)
    const program = compile({ updates: {}, outputs: { resident } }, store)
    expect(() => program.run({ v: [1, 2] })).toThrow('unreachable')
  })

  it('refuses shapes that do not belong together', () => {
    expect(() => scatterAdd(input('v', [2, 3]), input('i', [3], 'i32'), 4)).toThrow('one index a row')
    expect(() => scatterAdd(input('v', [2, 3]), input('i', [2]), 4)).toThrow('i32 indices [m]')
    expect(() => scatterAdd(input('v', [2, 3]), input('i', [2], 'i32'), 0)).toThrow('a table of 0 rows')
  })
})
