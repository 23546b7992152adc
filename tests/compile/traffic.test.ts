import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { plan } from '../../src/compile/plan.js'
import { separate } from '../../src/compile/separate.js'
import { createStore } from '../../src/compile/store.js'
import { traffic } from '../../src/compile/traffic.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import * as o from '../../src/graph/ops.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'
import { interpret } from '../support/interpreter.js'
import { randomGraph } from '../support/randomGraph.js'

const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]

/** Routines that may leave entries of an argument out: what no window holds, what is not a maximum. They count as reading it whole. */
const partly = new Set(['convolve', 'poolMax', 'poolPick', 'poolRoute', 'poolSum'])

const graphs = fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 5 }))

describe('the traffic of a plan', () => {
  it('is that of an interpreter that walks the plan and gets the reference values, for every random graph', () => {
    fc.assert(
      fc.property(graphs, ([seed, nodes, limit]) => {
        const g = randomGraph(seed, nodes, limit)
        // the five rows of a table, each at most once
        const env = { ...g.env, indices: Int32Array.from(g.env.indices!, (_, i) => (2 * i + seed) % 5) }
        const roots = separate(g)
        const { updates, outputs, ...seen } = interpret(roots, env)
        expect(traffic(plan(roots))).toEqual(seen)
        const values = evaluate([...Object.values(g.updates), ...Object.values(g.outputs)], env, 'f32')
        expect([...Object.values(updates), ...Object.values(outputs)].map(bits)).toEqual(values.map(bits))
      }),
      { numRuns: 120 },
    )
  }, 60_000)

  it('reads no fewer bytes than rows that are drawn more than once need', () => {
    fc.assert(
      fc.property(graphs, ([seed, nodes, limit]) => {
        const g = randomGraph(seed, nodes, limit)
        const roots = separate(g)
        expect(traffic(plan(roots)).read).toBeGreaterThanOrEqual(interpret(roots, g.env).read)
      }),
      { numRuns: 40 },
    )
  }, 60_000)

  it.each(primitives.filter((p) => p.sample !== undefined))('is that of the interpreter for $name', ({ sample }) => {
    for (let seed = 0; seed < 25; seed++) {
      const y = sample!(folded(key(5), seed))
      const env = Object.fromEntries(
        topological([y])
          .filter((e) => e.op.name === 'input')
          .map((e) => {
            const u = uniforms(named(key(seed), String(e.attrs.name)), sizeOf(e.shape))
            return [String(e.attrs.name), u.map((x, i) => (e.dtype === 'f32' ? x : i % 4))]
          }),
      )
      const roots = separate({ updates: {}, outputs: { y } })
      const { outputs, updates: _, read, ...seen } = interpret(roots, env)
      const counted = traffic(plan(roots))
      expect(counted, `sample ${seed}`).toMatchObject(seen)
      if (partly.has(y.op.name)) expect(counted.read, `sample ${seed}`).toBeGreaterThanOrEqual(read)
      else expect(counted.read, `sample ${seed}`).toBe(read)
      expect(bits(outputs.y!), `sample ${seed}`).toEqual(bits(evaluate([y], env, 'f32')[0]!))
    }
  })

  it('of an optimiser step in one pass is one read of each operand and one write of each result', () => {
    const n = 100
    const [p, m, g] = [o.block('p', [n]), o.block('m', [n]), o.block('g', [n])]
    const moment = o.add(o.mul(0.9, m), g)
    const roots = separate({ updates: { p: o.sub(p, o.mul(0.1, moment)), m: moment }, outputs: {} })
    expect(traffic(plan(roots))).toEqual({ read: 3 * 4 * n, written: 2 * 4 * n, peak: 3 * 4 * n })
  })

  it('of a gathered batch is its indices and the rows they name, and blocks that change places are moved three times', () => {
    const batch = o.rows(o.block('table', [1000, 8], 'u8'), o.input('slots', [6], 'i32'))
    const gathered = separate({ updates: {}, outputs: { y: o.div(batch, 255) } })
    const moved = { read: 6 * 4 + 6 * 8, written: 6 * 8 * 4 }
    expect(traffic(plan(gathered))).toEqual({ ...moved, peak: 8000 + 6 * 4 + 6 * 8 * 4 })
    const many = o.rows(o.block('table', [2, 8], 'u8'), o.input('slots', [6], 'i32'))
    expect(traffic(plan(separate({ updates: {}, outputs: { y: o.div(many, 255) } }))).read).toBe(6 * 4 + 2 * 8)
    const swapped = separate({ updates: { a: o.block('b', [5]), b: o.block('a', [5]) }, outputs: {} })
    expect(traffic(plan(swapped))).toMatchObject({ read: 3 * 20, written: 3 * 20 })
  })

  it('reads an operand that a kernel has twice, or in parts that overlap, once', () => {
    const x = o.input('x', [10])
    const overlapping = o.add(o.slice(x, 0, [6]), o.slice(x, 2, [6]))
    expect(traffic(plan(separate({ updates: {}, outputs: { y: overlapping } }))).read).toBe(8 * 4)
    const a = o.input('a', [3, 3])
    expect(traffic(plan(separate({ updates: {}, outputs: { y: o.dot(a, a) } }))).read).toBe(9 * 4)
  })

  it('and the work of a program are those of its plan and of its graph', () => {
    fc.assert(
      fc.property(graphs, ([seed, nodes, limit]) => {
        const g = randomGraph(seed, nodes, limit)
        const store = createStore()
        for (const b of g.blocks) store.block(String(b.attrs.name), b.shape, b.dtype)
        const program = compile(g, store)
        expect(program.traffic).toEqual(traffic(program.plan))
        expect(program.cost).toEqual(cost([...Object.values(g.updates), ...Object.values(g.outputs)]))
      }),
      { numRuns: 40 },
    )
  })
})
