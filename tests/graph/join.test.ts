import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import {
  add,
  block,
  dot,
  input,
  joinLast,
  mul,
  neg,
  permute,
  rankLast,
  relu,
  reshape,
  slice,
  sliceLast,
  square,
  sub,
  sum,
  tanh,
} from '../../src/graph/ops.js'
import { perExampleSquares } from '../../src/graph/perExample.js'
import { phrase } from '../../src/graph/phrase.js'
import { sizeOf } from '../../src/graph/shape.js'

const counted = (n: number, from = 1): Float32Array => Float32Array.from({ length: n }, (_, i) => i + from)

/** Runs twice, after a run that leaves no zeros behind in the memory of temporary values. */
const compiled = (y: Expr, feed: Readonly<Record<string, ArrayLike<number>>>): Float32Array => {
  const store = createStore()
  const dirt = compile({ updates: {}, outputs: { d: sub(input('d', [6000]), 1) } }, store)
  dirt.run({ d: counted(6000, 9) })
  dirt.dispose()
  const program = compile({ updates: {}, outputs: { y } }, store)
  program.run(feed)
  program.run({})
  return program.output('y')
}

const outer = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 })
const widths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 60, max: 90 })), {
  minLength: 1,
  maxLength: 4,
})

describe('joinLast and sliceLast', () => {
  it('put columns side by side and take them out again, compiled as well, for every shape', () => {
    fc.assert(
      fc.property(outer, widths, (before, columns) => {
        const rows = sizeOf(before)
        const parts = columns.map((n, i) => input(`p${i}`, [...before, n]))
        const env = Object.fromEntries(columns.map((n, i) => [`p${i}`, counted(rows * n, 1000 * (i + 1))]))
        const joined = joinLast(parts)
        const total = columns.reduce((a, b) => a + b)
        expect(joined.shape).toEqual([...before, total])
        const expected = Array.from({ length: rows }, (_, r) =>
          columns.flatMap((n, i) => [...env[`p${i}`]!.slice(r * n, (r + 1) * n)]),
        ).flat()
        expect([...evaluate([joined], env, 'f32')[0]!]).toEqual(expected)
        expect([...compiled(joined, env)]).toEqual(expected)
        let from = 0
        columns.forEach((n, i) => {
          const back = sliceLast(joined, from, n)
          from += n
          expect([...evaluate([back], env, 'f32')[0]!]).toEqual([...env[`p${i}`]!])
          expect([...compiled(back, env)]).toEqual([...env[`p${i}`]!])
        })
      }),
      { numRuns: 80 },
    )
  })

  it('are each other’s transposes: the derivative of a range is the range between columns of zeros', () => {
    const x = input('x', [2, 3, 7])
    const g = grad(sum(mul(sliceLast(x, 2, 3), input('w', [2, 3, 3]))), x)
    const w = counted(18)
    const expected = Array.from({ length: 6 }, (_, r) => [0, 0, ...w.slice(3 * r, 3 * r + 3), 0, 0]).flat()
    expect([...evaluate([g], { w, x: counted(42) }, 'f32')[0]!]).toEqual(expected)
    expect([...compiled(g, { w })]).toEqual(expected)
    const [a, b] = [input('a', [2, 2]), input('b', [2, 1])]
    const both = grad(sum(mul(joinLast([a, b]), input('v', [2, 3]))), b)
    expect([...evaluate([both], { v: counted(6), a: counted(4), b: counted(2) }, 'f32')[0]!]).toEqual([3, 6])
    const second = grad(sum(square(grad(sum(square(joinLast([a, neg(a)]))), a))), a)
    expect([...evaluate([second], { a: [1, 2, 3, 4] }, 'f64')[0]!]).toEqual([32, 64, 96, 128])
  })

  it('add up to one join where several ranges of one tensor are used, equal ranges first', () => {
    const x = input('x', [2, 6])
    const parts = [sliceLast(x, 4, 2), sliceLast(x, 0, 3), sliceLast(x, 0, 3)]
    const loss = sum(joinLast(parts.map((p, i) => mul(p, input(`w${i}`, p.shape)))))
    const g = grad(loss, x)
    expect([g.op.name, g.attrs.at]).toEqual(['joinLast', [0, 4]])
    const env = { w0: [1, 2, 3, 4], w1: counted(6), w2: counted(6, 10) }
    expect([...evaluate([g], env, 'f32')[0]!]).toEqual([11, 13, 15, 0, 1, 2, 17, 19, 21, 0, 3, 4])
    const overlapping = grad(sum(mul(sliceLast(x, 0, 3), mul(sliceLast(x, 1, 3), input('w1', [2, 3])))), x)
    const at = { x: counted(12), w1: new Float32Array(6).fill(1) }
    expect([...evaluate([overlapping], at, 'f32')[0]!]).toEqual([2, 3 + 1, 4 + 2, 3, 0, 0, 8, 9 + 7, 10 + 8, 9, 0, 0])
  })

  it('are what they are given where there is nothing to do, and views of vectors', () => {
    const x = input('x', [2, 5])
    expect(sliceLast(x, 0, 5)).toBe(x)
    expect(joinLast([x])).toBe(x)
    expect(sliceLast(input('v', [5]), 1, 2).op.codegen).toBe('view')
    expect(joinLast([input('v', [5]), input('w', [2])]).op.name).toBe('assemble')
  })

  it('are told by their columns in messages, and axes in another order not at all', () => {
    const x = input('x', [2, 5])
    expect(phrase(relu(sliceLast(permute(x, [1, 0]), 1, 1)), 4)).toBe('relu(x[…, 1…])')
    expect(phrase(joinLast([x, neg(x)]), 3)).toBe('joinLast(x, -x)')
  })

  it('keep examples apart: squared gradients per example pass through them', () => {
    const [n, p, x] = [4, block('p', [12]), input('x', [4, 3])]
    const network = (rows: Expr): Expr => {
      const z = dot(rows, slice(p, 0, [3, 4]))
      const both = joinLast([relu(z), relu(neg(z))])
      const turned = permute(reshape(both, [rows.shape[0]!, 2, 4]), [0, 2, 1])
      const again = reshape(turned, [rows.shape[0]!, 8])
      return sum(square(add(sliceLast(again, 1, 3), sliceLast(again, 4, 3))), 1)
    }
    const env = { p: counted(12).map((v) => Math.fround(v / 8 - 0.7)), x: counted(12).map((v) => (v % 5) - 2) }
    const w = [1, 2, 3, 0.5]
    const together = evaluate(
      [perExampleSquares([{ loss: network(x), weight: input('w', [n]) }], p)],
      { ...env, w },
      'f64',
    )[0]!
    const one = input('one', [1, 3])
    const apart = new Float64Array(12)
    for (let i = 0; i < n; i++) {
      const g = evaluate([grad(sum(network(one)), p)], { p: env.p, one: env.x.slice(3 * i, 3 * i + 3) }, 'f64')[0]!
      g.forEach((v, k) => {
        apart[k]! += w[i]! * v * v
      })
    }
    together.forEach((v, k) => expect(v).toBeCloseTo(apart[k]!, 9))
    expect(together.some((v) => v > 0)).toBe(true)
    const mixed = permute(dot(input('x', [4, 3]), slice(p, 0, [3, 4])), [1, 0])
    expect(() => perExampleSquares([{ loss: sum(mixed, 1), weight: input('w', [4]) }], p)).toThrow(
      "'permute' mixes examples",
    )
  })

  it('mix examples where the last axis counts them: squared gradients per example are refused, and so are ranks', () => {
    const [p, weight] = [block('p', [12]), input('w', [4])]
    const rows = dot(input('x', [4, 3]), slice(p, 0, [3, 4]))
    const each = sum(rows, 1)
    const side = (part: Expr) => reshape(sliceLast(joinLast([part, part]), 1, 4), [4])
    const losses = [
      mul(each, rankLast(each)),
      side(each),
      side(reshape(each, [1, 4])),
      sum(square(reshape(permute(reshape(rows, [4, 2, 2]), [1, 0, 2]), [4, 4])), 1),
      sum(permute(tanh(permute(rows, [1, 0])), [1, 0]), 1),
    ]
    for (const loss of losses) expect(() => perExampleSquares([{ loss, weight }], p)).toThrow('mixes examples')
    const kept = mul(rows, rankLast(rows))
    expect(() => perExampleSquares([{ loss: sum(kept, 1), weight }], p)).not.toThrow()
  })

  it('refuse columns that are not there, shapes that differ, and nothing at all', () => {
    const x = input('x', [2, 5])
    for (const [from, count] of [
      [-1, 2],
      [4, 2],
      [0, 0],
      [0.5, 1],
      [0, 6],
    ] as const)
      expect(() => sliceLast(x, from, count)).toThrow(/sliceLast: expected .* columns from .* got \[2, 5\]/)
    expect(() => sliceLast(input('s'), 0, 1)).toThrow(/sliceLast/)
    expect(() => joinLast([x, input('y', [3, 5])])).toThrow(/joinLast: expected .* got \[2, 5\] and \[3, 5\]/)
    expect(() => joinLast([input('s'), input('t')])).toThrow(/joinLast/)
    expect(() => joinLast([])).toThrow('joinLast: expected one tensor or more, got none')
  })
})
