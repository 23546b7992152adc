import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { input, mul, permute, square, sum } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'

const bits = (x: ArrayLike<number>): readonly number[] => [...new Int32Array(Float32Array.from(x).buffer)]

const compiled = (y: Expr, feed: Readonly<Record<string, ArrayLike<number>>>): Float32Array => {
  const program = compile({ updates: {}, outputs: { y } }, createStore())
  program.run(feed)
  return program.output('y')
}

/** A shape of at most four axes, with remainders of every kind, and an order of its axes. */
const cases = fc
  .array(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 4 })
  .filter((shape) => sizeOf(shape) < 6000)
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.shuffledSubarray([...shape.keys()], { minLength: shape.length, maxLength: shape.length }),
    ),
  )

const counted = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i - 3)

describe('permute', () => {
  it('puts the element at (i, j, …) where its axes go, compiled as well, for every shape and order', () => {
    fc.assert(
      fc.property(cases, ([shape, order]) => {
        const x = counted(sizeOf(shape))
        const y = permute(input('x', shape), order)
        expect(y.shape).toEqual(order.map((axis) => shape[axis]))
        const expected = new Float32Array(x.length)
        // by the coordinates of each element, the last axis fastest
        x.forEach((value, i) => {
          const place = shape.map((length, axis) => Math.floor(i / sizeOf(shape.slice(axis + 1))) % length)
          expected[order.reduce((at, axis) => at * shape[axis]! + place[axis]!, 0)] = value
        })
        expect([...evaluate([y], { x }, 'f32')[0]!]).toEqual([...expected])
        expect([...compiled(y, { x })]).toEqual([...expected])
      }),
      { numRuns: 300 },
    )
  })

  it('moves long rows and large tiles', () => {
    for (const [shape, order] of [
      [
        [3, 5, 201],
        [1, 0, 2],
      ],
      [
        [130, 67],
        [1, 0],
      ],
      [
        [2, 33, 3, 70],
        [0, 3, 1, 2],
      ],
      [
        [2, 70, 33, 3],
        [3, 0, 2, 1],
      ],
    ] as const) {
      const x = counted(sizeOf(shape))
      const y = permute(input('x', shape), order)
      expect([...compiled(y, { x })]).toEqual([...evaluate([y], { x }, 'f32')[0]!])
    }
  })

  it('keeps −0 and infinities', () => {
    const x = [-0, 1, Infinity, -Infinity, 0, 2]
    expect(bits(compiled(permute(input('x', [2, 3]), [1, 0]), { x }))).toEqual(bits([-0, -Infinity, 1, 0, Infinity, 2]))
  })

  it('is the argument itself in its own order, a view where only axes of length 1 move, and one node where two follow each other', () => {
    const x = input('x', [2, 3, 4])
    expect(permute(x, [0, 1, 2])).toBe(x)
    expect(permute(input('y', [2, 1, 4]), [1, 0, 2]).op.codegen).toBe('view')
    const twice = permute(permute(x, [2, 0, 1]), [0, 2, 1])
    expect([twice.args[0], twice.attrs.order]).toEqual([x, [2, 1, 0]])
    expect(permute(permute(x, [2, 0, 1]), [1, 2, 0])).toBe(x)
  })

  it('has its inverse as derivative', () => {
    const x = input('x', [2, 3, 4])
    const g = grad(sum(mul(permute(x, [2, 0, 1]), input('w', [4, 2, 3]))), x)
    expect([...evaluate([g], { x: counted(24), w: counted(24) }, 'f64')[0]!]).toEqual([
      ...evaluate([permute(input('w', [4, 2, 3]), [1, 2, 0])], { w: counted(24) }, 'f64')[0]!,
    ])
    const second = grad(sum(grad(sum(square(permute(x, [1, 2, 0]))), x)), x)
    expect([...evaluate([second], { x: counted(24) }, 'f64')[0]!]).toEqual(new Array(24).fill(2))
  })

  it('refuses an order that is none of these axes, and five axes', () => {
    const x = input('x', [2, 3])
    for (const order of [[0], [0, 0], [0, 2], [0, 1, 2], [0.5, 1]])
      expect(() => permute(x, order)).toThrow(
        /permute: expected each of up to four axes once in the order \[.*\], got \[2, 3\]/,
      )
  })
})
