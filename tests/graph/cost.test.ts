import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'
import { instrumented } from '../support/instrumented.js'
import { randomGraph } from '../support/randomGraph.js'

const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]

/** Values for the inputs of a sample; indices are below 3. */
const environment = (e: Expr, seed: number): Record<string, Float32Array> =>
  Object.fromEntries(
    topological([e])
      .filter((leaf) => leaf.op.name === 'input')
      .map((leaf) => {
        const name = String(leaf.attrs.name)
        const draws = uniforms(named(key(seed), name), sizeOf(leaf.shape))
        return [name, Float32Array.from(draws, (u) => (leaf.dtype === 'f32' ? u - 0.5 : Math.floor(u * 3)))]
      }),
  )

describe('the counted work of a graph', () => {
  it('is what an instrumented reference evaluation does, for every random graph', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (seed, nodes, limit) => {
          const g = randomGraph(seed, nodes, limit)
          const outputs = [...Object.values(g.updates), ...Object.values(g.outputs)]
          const { values, work } = instrumented(outputs, g.env)
          expect(cost(outputs)).toEqual(work)
          expect(values.map(bits)).toEqual(evaluate(outputs, g.env, 'f32').map(bits))
        },
      ),
      { numRuns: 150 },
    )
  }, 60_000)

  it.each(primitives.filter((p) => p.sample !== undefined))('is what the reference of $name does', ({ sample }) => {
    for (let seed = 0; seed < 25; seed++) {
      const e = sample!(folded(key(3), seed))
      expect(cost([e]), `sample ${seed}`).toEqual(instrumented([e], environment(e, seed)).work)
    }
  })

  it('of a dense layer and of what follows it is the sum that one works out by hand', () => {
    const [m, k, n] = [3, 5, 4]
    const h = o.relu(o.dot(o.input('x', [m, k]), o.input('w', [k, n]), { init: o.input('b', [n]) }))
    const shifted = o.sub(h, o.column(o.maxLast(h)))
    // relu, the row maximum, the difference, the row sum
    expect(cost([h])).toEqual({ macs: m * k * n, operations: m * n })
    expect(cost([o.sum(shifted, 1)])).toEqual({ macs: m * k * n, operations: 4 * m * n })
  })

  it('counts equal nodes once and what only moves values not at all', () => {
    const x = o.input('x', [4])
    expect(cost([o.add(x, x), o.add(o.input('x', [4]), x)])).toEqual({ macs: 0, operations: 4 })
    const moved = o.assemble(9, [{ at: 1, value: o.broadcast(o.slice(x, 2, [1]), [2]) }])
    expect(cost([moved, o.oneHot(o.input('i', [3], 'i32'), 5)])).toEqual({ macs: 0, operations: 0 })
  })
})
