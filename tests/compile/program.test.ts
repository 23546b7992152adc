import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import * as o from '../../src/graph/ops.js'
import { integers } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { feeds, randomGraph, type RandomGraph } from '../support/randomGraph.js'

const stored = (g: RandomGraph) => {
  const store = createStore()
  for (const b of g.blocks) {
    store.block(String(b.attrs.name), b.shape, b.dtype)
    store.write(String(b.attrs.name), g.env[String(b.attrs.name)] ?? [])
  }
  return store
}
// All NaN are one NaN: payloads are not promised.
const bits = (x: ArrayLike<number>): readonly number[] => [
  ...new Int32Array(Float32Array.from(x, (v) => (v !== v ? Number.NaN : v)).buffer),
]

describe('a compiled program', () => {
  it('equals the f32 reference bit for bit over two runs, for every random graph', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 11 }),
        (seed, nodes, limit) => {
          const g = randomGraph(seed, nodes, limit)
          const store = stored(g)
          const program = compile(g, store)
          const names = Object.keys(g.updates)
          const outputs = Object.keys(g.outputs)
          let env = g.env
          for (let run = 0; run < 2; run++) {
            program.run(feeds(g))
            const values = evaluate([...Object.values(g.updates), ...Object.values(g.outputs)], env, 'f32')
            outputs.forEach((name, i) => {
              expect(bits(program.output(name))).toEqual(bits(values[names.length + i] ?? []))
            })
            env = { ...env, ...Object.fromEntries(names.map((name, i) => [name, Float32Array.from(values[i] ?? [])])) }
            for (const name of names) expect(bits(store.read(name))).toEqual(bits(env[name] ?? []))
          }
        },
      ),
      { numRuns: 250 },
    )
  }, 120_000)

  it('adds in the order of the contract, for every vector of values that cancel', () => {
    const cancelling = fc.constantFrom(2 ** 60, -(2 ** 60), 1, -1, 2 ** -40, 3)
    fc.assert(
      fc.property(fc.array(cancelling, { minLength: 1, maxLength: 23 }), (list) => {
        const x = o.input('x', [list.length])
        const program = compile(
          { updates: {}, outputs: { all: o.sum(x), last: o.sum(o.reshape(x, [1, list.length]), 1) } },
          createStore(),
        )
        program.run({ x: list })
        const lanes = [0, 1, 2, 3].map((lane) => list.reduce((acc, v, i) => (i % 4 === lane ? acc + v : acc), 0))
        const truth = Math.fround(lanes[0]! + lanes[2]! + (lanes[1]! + lanes[3]!))
        expect([program.scalar('all'), program.scalar('last')]).toEqual([truth, truth])
        expect(evaluate([o.sum(x)], { x: list }, 'f32')[0]![0]).toBe(truth)
      }),
      { numRuns: 300 },
    )
  })

  it('has room for a deep product with a transposed right side', () => {
    const [m, n, k] = [3, 5, 3000]
    const e = o.dot(o.input('a', [m, k]), o.input('b', [n, k]), { tb: true })
    const store = createStore()
    const program = compile({ updates: {}, outputs: { e } }, store)
    const guard = store.block('guard', [64])
    const env = { a: integers(key(1), m * k, 9), b: integers(key(2), n * k, 9) }
    program.run(env)
    expect(bits(program.output('e'))).toEqual(bits(evaluate([e], env, 'f32')[0] ?? []))
    expect([...store.read(guard.name)].every((v) => v === 0)).toBe(true)
  })

  it('plans no two live values over each other and every arena range inside of the arena', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 60 }), (seed, nodes) => {
        const g = randomGraph(seed, nodes, 9)
        const { ranges, arenaBytes } = compile(g, stored(g)).plan
        for (const a of ranges) {
          expect(a.offset % 64).toBe(0)
          expect(a.offset + a.bytes).toBeLessThanOrEqual(arenaBytes)
          for (const b of ranges) {
            const together = a !== b && a.from <= b.to && b.from <= a.to
            if (together) expect(a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset).toBe(true)
          }
        }
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('updates parameters, moments and penalty in one kernel, in place', () => {
    const n = 1003
    const [p, m, importance, anchor, x] = ['p', 'm', 'importance', 'anchor', 'x'].map((name) => o.block(name, [n]))
    const g = o.add(x!, o.mul(o.mul(importance!, o.sub(p!, anchor!)), 100))
    const momentum = o.flush(o.add(o.mul(0.9, m!), g), 1e-36)
    const store = createStore()
    for (const name of ['p', 'm', 'importance', 'anchor', 'x']) store.block(name, [n])
    const program = compile({ updates: { p: o.sub(p!, o.mul(0.1, momentum)), m: momentum }, outputs: {} }, store)
    expect(program.plan.kernels).toHaveLength(1)
    expect(program.plan.copies).toHaveLength(0)
    expect(program.plan.arenaBytes).toBe(0)
  })

  it('reads every block as it was before the run, even when two blocks exchange values', () => {
    const store = createStore()
    for (const name of ['a', 'b']) store.block(name, [5])
    store.write('a', [1, 2, 3, 4, 5])
    store.write('b', [6, 7, 8, 9, 10])
    const program = compile({ updates: { a: o.block('b', [5]), b: o.block('a', [5]) }, outputs: {} }, store)
    program.run({})
    expect([...store.read('a')]).toEqual([6, 7, 8, 9, 10])
    expect([...store.read('b')]).toEqual([1, 2, 3, 4, 5])
  })

  it('reads a block as it was where rows of it are broadcast into its new value, and that is summed', () => {
    const store = createStore()
    store.block('a', [3, 2])
    store.write('a', [1, 2, 3, 4, 5, 6])
    const made = o.add(o.input('x', [3, 2]), o.slice(o.block('a', [3, 2]), 0, [2]))
    const program = compile({ updates: { a: made }, outputs: { total: o.sum(made) } }, store)
    program.run({ x: [10, 20, 30, 40, 50, 60] })
    expect([...store.read('a')]).toEqual([11, 22, 31, 42, 51, 62])
    expect(program.scalar('total')).toBe(219)
  })

  it('gathers from a table that the same kernel computes', () => {
    const x = o.input('x', [3, 2])
    const table = o.neg(x)
    const y = o.add(table, o.rows(table, o.input('i', [3], 'i32')))
    const program = compile({ updates: {}, outputs: { y } }, createStore())
    program.run({ x: [1, 2, 3, 4, 5, 6], i: [2, 0, 1] })
    expect([...program.output('y')]).toEqual([-6, -8, -4, -6, -8, -10])
  })

  it('compiles constants behind views and as parts of a vector', () => {
    const x = o.input('x', [5, 1])
    const parts = o.assemble(4, [
      { at: 0, value: o.literal(2) },
      { at: 2, value: o.literal(3) },
    ])
    const slope = grad(o.reshape(o.sum(x, 0), []), x)
    const program = compile({ updates: {}, outputs: { parts, slope } }, createStore())
    program.run({})
    expect([...program.output('parts')]).toEqual([2, 0, 3, 0])
    expect([...program.output('slope')]).toEqual([1, 1, 1, 1, 1])
  })

  it('refuses unknown inputs, indices outside of a table, one name for two shapes, and any use after it was disposed of', () => {
    const store = createStore()
    store.block('table', [2, 3], 'u8')
    const gather = o.rows(o.block('table', [2, 3], 'u8'), o.input('i', [1], 'i32'))
    const program = compile({ updates: {}, outputs: { gather } }, store)
    expect(() => program.run({ j: [0] })).toThrow("no input 'j'; known: i")
    expect(() => program.run({ i: [2] })).toThrow("input 'i' holds index 2, its table has 2 rows")
    program.dispose()
    expect(() => program.run({ i: [0] })).toThrow('disposed')
    expect(() => program.output('gather')).toThrow('disposed')
    expect(() => program.scalar('gather')).toThrow('disposed')
    const clash = o.add(o.sum(o.input('x', [2])), o.sum(o.input('x', [3])))
    expect(() => compile({ updates: {}, outputs: { clash } }, store)).toThrow("input 'x' is both f32 [2] and f32 [3]")
  })

  it('refuses a freed block, an input of another size and an update of another shape', () => {
    const store = createStore()
    store.block('a', [3])
    const program = compile({ updates: { a: o.add(o.block('a', [3]), o.input('x', [3])) }, outputs: {} }, store)
    expect(() => program.run({ x: [1, 2] })).toThrow("input 'x' needs 3 values, got 2")
    expect(() => compile({ updates: { a: o.input('x', [2]) }, outputs: {} }, store)).toThrow(
      "block 'a' is f32 [3], its update is f32 [2]",
    )
    store.free('a')
    expect(() => program.run({ x: [1, 2, 3] })).toThrow("block 'a' was freed")
  })
})
