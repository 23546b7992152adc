import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { input, mul, rankLast, selectGreater, sum } from '../../src/graph/ops.js'

const compiled = (y: Expr, feed: Readonly<Record<string, ArrayLike<number>>>): readonly number[] => {
  const program = compile({ updates: {}, outputs: { y } }, createStore())
  program.run(feed)
  return [...program.output('y')]
}

const ranks = (x: readonly number[], columns = x.length): readonly number[] => {
  const y = rankLast(input('x', [x.length / columns, columns]))
  const reference = [...evaluate([y], { x }, 'f32')[0]!]
  expect(compiled(y, { x })).toEqual(reference)
  return reference
}

/** Few different values, so that ties are common. */
const entry = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Infinity, -Infinity, -0, 0.5))
const rows = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 70 }))
  .chain(([m, n]) => fc.tuple(fc.constant(n), fc.array(entry, { minLength: m * n, maxLength: m * n })))

describe('rankLast', () => {
  it('is the place of each entry when its row is sorted, largest first, ties in their order, for every row', () => {
    fc.assert(
      fc.property(rows, ([n, x]) => {
        const expected: number[] = []
        for (let from = 0; from < x.length; from += n) {
          const row = x.slice(from, from + n)
          // Array sorting is stable
          const order = [...row.keys()].sort((i, j) => (row[i] === row[j] ? 0 : row[j]! > row[i]! ? 1 : -1))
          order.forEach((place, rank) => {
            expected[from + place] = rank
          })
        }
        expect(ranks(x, n)).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })

  it('takes −0 and 0 as equal', () => {
    expect(ranks([0, -0, 1, -0, 0])).toEqual([1, 2, 0, 3, 4])
  })

  it('gives every NaN rank 0 and the others their ranks as if it were not there, wherever it stands', () => {
    const nan = Number.NaN
    expect(ranks([nan, 3, 1, 2])).toEqual([0, 0, 2, 1])
    expect(ranks([3, 1, nan, 2, nan])).toEqual([0, 2, 0, 1, 0])
    const long = Array.from({ length: 41 }, (_, i) => (i % 7 === 3 ? nan : i))
    const others = long.filter((v) => v === v)
    expect(ranks(long)).toEqual(long.map((v) => (v === v ? others.length - 1 - others.indexOf(v) : 0)))
  })

  it('chooses k winners, and lets no derivative through the choice', () => {
    const x = input('x', [2, 6])
    const winners = selectGreater(3, rankLast(x), x, 0)
    const env = { x: [5, 1, 5, 5, 5, 0, -1, -2, -3, -4, -5, -6] }
    expect([...evaluate([winners], env, 'f32')[0]!]).toEqual([5, 0, 5, 5, 0, 0, -1, -2, -3, 0, 0, 0])
    const g = grad(sum(mul(winners, input('w', [2, 6]))), x)
    const w = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    expect([...evaluate([g], { ...env, w }, 'f32')[0]!]).toEqual([1, 0, 3, 4, 0, 0, 7, 8, 9, 0, 0, 0])
    expect([...evaluate([grad(sum(rankLast(x)), x)], env, 'f32')[0]!]).toEqual(new Array(12).fill(0))
  })

  it('costs one operation for each pair of entries of a row', () => {
    expect(cost([rankLast(input('x', [3, 5]))])).toEqual({ macs: 0, operations: 3 * 25 })
  })

  it('ranks vectors and the last of four axes', () => {
    expect(compiled(rankLast(input('x', [3])), { x: [1, 3, 2] })).toEqual([2, 0, 1])
    const x = Array.from({ length: 24 }, (_, i) => (i * 7) % 5)
    expect(compiled(rankLast(input('x', [2, 2, 2, 3])), { x })).toEqual([...ranks(x, 3)])
    expect(() => rankLast(input('s'))).toThrow(/rankLast: expected one axis or more, got \[\]/)
  })
})
