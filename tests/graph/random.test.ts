import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { normalOf } from '../../src/graph/normal.js'
import { add, block, div, input, mul, normal, random, scan, selectGreater, slice, sum } from '../../src/graph/ops.js'
import { phrase } from '../../src/graph/phrase.js'
import { randomPrimitive, streamOf } from '../../src/graph/primitives/random.js'
import { simplify } from '../../src/graph/simplify.js'
import { type Shape, sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { threefry } from '../../src/random/threefry.js'

const key = input('key', [2], 'i32')
const words = fc.tuple(fc.nat(2 ** 32 - 1), fc.nat(2 ** 32 - 1))
const shapes: fc.Arbitrary<Shape> = fc.oneof(
  fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
  fc.integer({ min: 1, max: 80 }).map((n) => [n]),
)

const compiled = (y: Expr, feed: Readonly<Record<string, ArrayLike<number>>>): Float32Array => {
  const program = compile({ updates: {}, outputs: { y } }, createStore())
  program.run(feed)
  return program.output('y')
}
const draws = (label: string, n: number, word = 1): Float32Array =>
  compiled(random(key, label, [n]), { key: [word, 7] })

/** Pearson's statistic of counts that should be equal. */
const chiSquare = (counts: readonly number[]): number => {
  const mean = counts.reduce((a, b) => a + b) / counts.length
  return counts.reduce((acc, n) => acc + (n - mean) ** 2 / mean, 0)
}
/** How often each cell of a 16 × 16 board is hit by pairs of numbers. */
const board = (pairs: readonly (readonly [number, number])[]): readonly number[] => {
  const counts = new Array<number>(256).fill(0)
  for (const [a, b] of pairs) counts[Math.floor(a * 16) * 16 + Math.floor(b * 16)]!++
  return counts
}
// the 0.001 and 0.999 quantiles of chi-square with 255 degrees of freedom
const [low, high] = [190, 330]

describe('random', () => {
  it('is the cipher of the pair and the label under the key, top 24 bits of each word, for every key and shape', () => {
    fc.assert(
      fc.property(words, shapes, fc.string(), ([a, b], shape, label) => {
        const e = random(key, label, shape)
        const pair = new Uint32Array(2)
        const expected = Array.from({ length: sizeOf(shape) }, (_, i) => {
          threefry(pair, 0, a, b, Math.floor(i / 2), streamOf(e))
          return Math.floor(pair[i % 2]! / 256) / 2 ** 24
        })
        expect([...evaluate([e], { key: [a, b] }, 'f32')[0]!]).toEqual(expected)
        expect([...evaluate([e], { key: [a, b] }, 'f64')[0]!]).toEqual(expected)
        expect([...compiled(e, { key: [a, b] })]).toEqual(expected)
        expect([...compiled(e, { key: Int32Array.of(a, b) })]).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  it('does not change with the number of elements: a shorter draw begins a longer one', () => {
    expect([...draws('x', 101).slice(0, 37)]).toEqual([...draws('x', 37)])
  })

  it('reads its key from a block and from a part of a longer one', () => {
    const store = createStore()
    store.block('keys', [4], 'i32')
    store.write('keys', [5, 6, 1, 7])
    const program = compile(
      { updates: {}, outputs: { y: random(slice(block('keys', [4], 'i32'), 2, [2]), 'x', [9]) } },
      store,
    )
    program.run({})
    expect([...program.output('y')]).toEqual([...draws('x', 9)])
  })

  it('is uniform, and independent between neighbours, labels and keys', () => {
    const n = 20_000
    const [x, other, later] = [draws('dropout0', n), draws('dropout1', n), draws('dropout0', n, 2)]
    const cases = [
      [...x.slice(1)].map((v, i) => [x[i]!, v] as const),
      [...x.slice(2)].map((v, i) => [x[i]!, v] as const),
      [...other].map((v, i) => [x[i]!, v] as const),
      [...later].map((v, i) => [x[i]!, v] as const),
    ]
    for (const pairs of cases) {
      expect(chiSquare(board(pairs))).toBeGreaterThan(low)
      expect(chiSquare(board(pairs))).toBeLessThan(high)
    }
  })

  it('is one node for forward and backward pass, whose gradient is the mask that the forward pass used', () => {
    const x = input('x', [40])
    // built anew at each use, as layers do
    const dropped = (v: Expr): Expr => selectGreater(random(key, 'drop', [40]), 0.3, div(v, 0.7), 0)
    const y = dropped(x)
    const loss = sum(mul(y, dropped(add(x, 1))))
    const gradient = grad(loss, x)
    const roots = simplify([loss, y, gradient])
    expect(topological(roots).filter((e) => e.op === randomPrimitive)).toHaveLength(1)
    const env = { x: Float32Array.from({ length: 40 }, (_, i) => (i + 1) / 64), key: [3, 4] }
    const [, kept, slope] = evaluate(roots, env, 'f32')
    expect([...slope!].map((d) => d !== 0)).toEqual([...kept!].map((v) => v !== 0))
    expect([...kept!].filter((v) => v === 0).length).toBeGreaterThan(3)
  })

  it('is the same at every step of a loop, unless all steps are drawn before it', () => {
    const u = random(key, 'noise', [3, 4])
    const inside = scan({ states: { s: input('s', [4]) }, steps: 3 }, ({ s }) => ({
      states: { s: add(s, random(key, 'noise', [4])) },
      outputs: { y: random(key, 'noise', [4]) },
    }))
    const before = scan({ states: { s: input('s', [4]) }, inputs: { u } }, ({ s }, now) => ({
      states: { s: add(s, now.u) },
      outputs: { y: now.u },
    }))
    const env = { s: [0, 0, 0, 0], key: [8, 9] }
    const [same, own, plain] = evaluate([inside.outputs.y, before.outputs.y, u], env, 'f32')
    const one = evaluate([random(key, 'noise', [4])], env, 'f32')[0]!
    expect([...same!]).toEqual([...one, ...one, ...one])
    expect([...own!]).toEqual([...plain!])
    expect([...compiled(inside.states.s, env)]).toEqual([...evaluate([inside.states.s], env, 'f32')[0]!])
    expect([...compiled(before.states.s, env)]).toEqual([...evaluate([before.states.s], env, 'f32')[0]!])
  })

  it('is called by its label in messages, and counted as one operation a number', () => {
    const e = mul(input('x', [5]), random(key, 'drop', [5]))
    expect([phrase(e, 3), cost([e])]).toEqual(["x * random('drop')", { macs: 0, operations: 10 }])
  })

  it('refuses a key of another type or length, and five axes', () => {
    expect(() => random(input('k', [2]), 'x', [3])).toThrow(/random: expected an i32 key \[2\], got \[2\]/)
    expect(() => random(input('k', [3], 'i32'), 'x', [3])).toThrow(/i32 key \[2\], got \[3\]/)
    expect(() => random(key, 'x', [1, 1, 1, 1, 2])).toThrow(/random 'x': expected at most four axes/)
    expect(() => random(key, 'x', [0])).toThrow(/whole lengths from 1/)
  })
})

describe('normal', () => {
  const at = 2 ** 16
  const program = compile({ updates: {}, outputs: { z: normalOf(input('u', [at])) } }, createStore())
  const quantiles = (from: number): Float32Array => {
    program.run({ u: Float32Array.from({ length: at }, (_, i) => (from + i) / 2 ** 24) })
    return program.output('z')
  }

  it('is finite for every uniform, rises, and is odd about the middle to the bit', () => {
    let before = Number.NEGATIVE_INFINITY
    let falls = 0
    for (let from = 0; from < 2 ** 23; from += at) {
      const z = quantiles(from)
      const mirrored = quantiles(2 ** 24 - from - at)
      for (let i = 0; i < at; i++) {
        if (!(z[i]! < 0 && Number.isFinite(z[i]) && z[i] === -mirrored[at - 1 - i]!))
          throw new Error(`at ${from + i}: ${z[i]}`)
        if (z[i]! < before) falls++
        before = z[i]!
      }
    }
    expect(falls).toBe(0)
    expect(quantiles(0)[0]).toBeCloseTo(-5.419983, 5)
  })

  it('has the quantiles of scipy.special.ndtri', () => {
    // ndtri((k + 0.5) / 2**24) for these k
    const known: readonly (readonly [number, number])[] = [
      [0, -5.419983174916869],
      [1, -5.220113060600541],
      [1000, -3.8476240408811813],
      [66000, -2.657687858116305],
      [2000000, -1.1789486125638318],
      [8388607, -7.470334394666561e-8],
      [8388608, 7.470334394666561e-8],
    ]
    for (const [k, z] of known) expect(Math.abs(quantiles(k)[0]! / z - 1)).toBeLessThan(1e-6)
  })

  it('has the moments of the standard normal distribution', () => {
    const n = 200_000
    const z = compiled(normal(key, 'z', [n]), { key: [1, 2] })
    const moment = (power: number): number => z.reduce((acc, v) => acc + v ** power, 0) / n
    // within four standard errors: 1, √2, √15 and √96 over √n
    const error = (s: number): number => (4 * s) / Math.sqrt(n)
    expect(Math.abs(moment(1))).toBeLessThan(error(1))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(error(Math.SQRT2))
    expect(Math.abs(moment(3))).toBeLessThan(error(Math.sqrt(15)))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(error(Math.sqrt(96)))
  })
})
