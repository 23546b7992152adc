import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { add, broadcast, input, maxLast, mean, mul, reshape, square, sub, sum } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'

// All NaN are one NaN: payloads are not promised.
const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]
const compiled = (es: readonly Expr[], env: Record<string, readonly number[]>) => {
  const program = compile({ updates: {}, outputs: Object.fromEntries(es.map((e, i) => [`e${i}`, e])) }, createStore())
  program.run(env)
  return es.map((_, i) => bits(program.output(`e${i}`)))
}

// Values that cancel, so that another order of additions shows.
const value = fc.constantFrom(1, -1, 2 ** 25, -(2 ** 25), 2 ** -20, 3, -0, 0.1, Infinity, Number.NaN)
const axis = fc.integer({ min: 1, max: 4 })
const tensors = fc
  .tuple(
    fc.array(axis, { minLength: 1, maxLength: 3 }),
    fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(16, 31, 32, 33, 50)),
  )
  .map(([leading, last]) => [...leading, last])
  .chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      x: fc.array(value, { minLength: sizeOf(shape), maxLength: sizeOf(shape) }),
    }),
  )

describe('reductions over some axes', () => {
  it('add rows in memory order in f32 over the leading axes, and four f64 lanes over the last, for two to four axes', () => {
    fc.assert(
      fc.property(tensors, ({ shape, x }) => {
        const n = shape[shape.length - 1]!
        const rows = Array.from({ length: x.length / n }, (_, i) => x.slice(i * n, (i + 1) * n))
        const columns = new Float32Array(n)
        for (const row of rows) row.forEach((v, j) => (columns[j] = columns[j]! + Math.fround(v)))
        const laneSum = (row: readonly number[]): number => {
          const [a = 0, b = 0, c = 0, d = 0] = [0, 1, 2, 3].map((lane) =>
            row.reduce((acc, v, j) => (j % 4 === lane ? acc + Math.fround(v) : acc), 0),
          )
          return a + c + (b + d)
        }
        const X = input('x', shape)
        const es = [sum(X, 'leading'), sum(X, 'last'), sum(X)]
        expect(es.map((e) => e.shape)).toEqual([[n], shape.slice(0, -1), []])
        const truth = [columns, rows.map(laneSum), [laneSum(x)]].map(bits)
        expect(evaluate(es, { x }, 'f32').map(bits)).toEqual(truth)
        expect(compiled(es, { x })).toEqual(truth)
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  it('compile to the bits of the reference with what is fused into them, for two to four axes', () => {
    fc.assert(
      fc.property(tensors, ({ shape, x }) => {
        const n = shape[shape.length - 1]!
        const [X, gain] = [input('x', shape), input('gain', [n])]
        const column = input('column', [...shape.slice(0, -1), 1])
        const y = add(mul(X, gain), broadcast(column, shape))
        const env = {
          x,
          gain: Array.from({ length: n }, (_, j) => j - 1.5),
          column: x.filter((_, k) => k % n === 0),
        }
        const scaled = sum(square(y), 'leading')
        const es = [sum(y, 'leading'), scaled, mean(y, 'last'), mean(y, 'leading'), maxLast(y), y]
        expect(compiled(es, env)).toEqual(evaluate(es, env, 'f32').map(bits))
      }),
      { numRuns: 100 },
    )
  }, 60_000)

  it('are those of the matrix of all rows, derivatives included', () => {
    const shape = [2, 3, 2, 5]
    const X = input('x', shape)
    const matrix = reshape(X, [12, 5])
    const column = (v: Expr, like: Expr): Expr => broadcast(reshape(v, [12, 1]), like.shape)
    const loss = (x: Expr): Expr =>
      add(sum(square(sub(x, mean(x, 'leading')))), sum(square(sum(x, 'last'))), sum(mul(column(maxLast(x), x), x)))
    const env = { x: Array.from({ length: 60 }, (_, k) => ((k * 37) % 59) / 16 - 2) }
    const pair = (x: Expr): readonly Expr[] => [loss(x), grad(loss(x), X)]
    expect(compiled(pair(X), env)).toEqual(compiled(pair(matrix), env))
  })

  it('take a column [n, h, w, 1] along [n, h, w, c], whose derivative sums over the last axis', () => {
    const [X, c] = [input('x', [2, 2, 1, 3]), input('c', [2, 2, 1, 1])]
    const env = { x: Array.from({ length: 12 }, (_, k) => k), c: [10, 20, 30, 40] }
    const [y, d] = evaluate([add(X, c), grad(sum(mul(X, c)), c)], env, 'f32')
    expect([...y!]).toEqual([10, 11, 12, 23, 24, 25, 36, 37, 38, 49, 50, 51])
    expect([...d!]).toEqual([3, 12, 21, 30])
    expect(() => add(X, input('c', [2, 1, 2, 1]))).toThrow('add')
  })

  it('refuse a vector, and numbered axes of anything but a matrix', () => {
    expect(() => sum(input('x', [3]), 'last')).toThrow("two axes or more for a sum over 'last', got [3]")
    expect(() => maxLast(input('x', [3]))).toThrow('two axes or more')
    expect(() => sum(input('x', [2, 3, 4]), 0)).toThrow('a matrix for axis 0, got [2, 3, 4]')
    expect(() => mean(input('x', [2, 3, 4]), 1)).toThrow('mean: expected a matrix for axis 1')
  })
})
