import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, mul, sum } from '../../src/graph/ops.js'
import { attend, attentionWeights, type AttendOptions } from '../../src/nn/attend.js'
import { attention } from '../../src/nn/attention.js'
import { stack } from '../../src/nn/stack.js'
import { key } from '../../src/random/key.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import { bits, compiled } from '../support/compiled.js'

const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024)
const list = (n: number) => fc.array(grid, { minLength: n, maxLength: n })
const sizes = fc.record({
  n: fc.integer({ min: 1, max: 3 }),
  queries: fc.integer({ min: 1, max: 6 }),
  keys: fc.integer({ min: 1, max: 6 }),
  d: fc.integer({ min: 1, max: 5 }),
  e: fc.integer({ min: 1, max: 4 }),
  causal: fc.boolean(),
  masked: fc.boolean(),
})
const cases = sizes
  .map((s) => (s.causal ? { ...s, queries: s.keys } : s))
  .chain((s) =>
    fc.record({
      s: fc.constant(s),
      q: list(s.n * s.queries * s.d),
      k: list(s.n * s.keys * s.d),
      v: list(s.n * s.keys * s.e),
      m: fc.array(fc.constantFrom(0, 1), { minLength: s.n * s.keys, maxLength: s.n * s.keys }),
    }),
  )
type Case = typeof cases extends fc.Arbitrary<infer C> ? C : never

const build = ({ s }: Case) => {
  const leaves = {
    q: input('q', [s.n, s.queries, s.d]),
    k: input('k', [s.n, s.keys, s.d]),
    v: input('v', [s.n, s.keys, s.e]),
    m: input('m', [s.n, s.keys]),
  }
  const options: AttendOptions = { causal: s.causal, ...(s.masked ? { keys: leaves.m } : {}) }
  const { q, k, v } = leaves
  return { leaves, values: attend(q, k, v, options), weights: attentionWeights(q, k, options) }
}

/** Equation 1 written out: one number after the other, in f64. */
const plain = ({ s, q, k, v, m }: Case): { readonly values: number[]; readonly weights: number[] } => {
  const [values, weights]: [number[], number[]] = [[], []]
  for (let example = 0; example < s.n; example++)
    for (let i = 0; i < s.queries; i++) {
      const scores: number[] = []
      for (let j = 0; j < s.keys; j++) {
        const seen = (!s.causal || j <= i) && (!s.masked || m[example * s.keys + j] === 1)
        let product = 0
        for (let c = 0; c < s.d; c++)
          product += q[(example * s.queries + i) * s.d + c]! * k[(example * s.keys + j) * s.d + c]!
        scores.push(seen ? Math.exp(product / Math.sqrt(s.d)) : 0)
      }
      const total = scores.reduce((a, b) => a + b, 0)
      const own = scores.map((w) => (total === 0 ? 0 : w / total))
      weights.push(...own)
      for (let c = 0; c < s.e; c++)
        values.push(own.reduce((sum, w, j) => sum + w * v[(example * s.keys + j) * s.e + c]!, 0))
    }
  return { values, weights }
}

const f64 = (e: Expr, { q, k, v, m }: Case): Float64Array => evaluate([e], { q, k, v, m }, 'f64')[0]!
const near = (a: ArrayLike<number>, b: ArrayLike<number>, within: number): void => {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(within)
}

describe('attention', () => {
  it('is equation 1 of Vaswani 2017 written out, for every size and mask', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { values, weights } = build(c)
        const truth = plain(c)
        // √d of the graph is an f32 number
        near(f64(weights, c), truth.weights, 1e-5)
        near(f64(values, c), truth.values, 1e-4)
      }),
      { numRuns: 30 },
    )
  })

  it('weights of every query add up to 1, or are all 0 where it has no key', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const weights = f64(build(c).weights, c)
        const blind = plain(c).weights
        for (let row = 0; row < c.s.n * c.s.queries; row++) {
          const own = weights.slice(row * c.s.keys, (row + 1) * c.s.keys)
          const some = blind.slice(row * c.s.keys, (row + 1) * c.s.keys).some((w) => w > 0)
          expect(own.reduce((a, b) => a + b, 0)).toBeCloseTo(some ? 1 : 0, 12)
          own.forEach((w) => expect(w).toBeGreaterThanOrEqual(0))
        }
      }),
    )
  })

  it('takes the plain mean of the values where all keys are equal', () => {
    const [q, k, v] = [input('q', [1, 2, 3]), input('k', [1, 4, 3]), input('v', [1, 4, 1])]
    const env = {
      q: [1, -2, 3, 4, 5, -6],
      k: Array.from({ length: 12 }, (_, i) => [0.5, 2, -1][i % 3]!),
      v: [1, 2, 4, 9],
    }
    expect([...evaluate([attend(q, k, v)], env, 'f32')[0]!]).toEqual([4, 4])
    expect([...evaluate([attentionWeights(q, k)], env, 'f32')[0]!]).toEqual(new Array(8).fill(0.25))
  })

  it('gives the same rows in another order for queries in another order, to the bit, and the same values for keys in another order', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const free = { ...c, s: { ...c.s, causal: false, masked: false } }
        const { s, q, k, v } = free
        const turned = (x: readonly number[], rows: number, width: number): number[] =>
          Array.from({ length: s.n }, (_, i) => x.slice(i * rows * width, (i + 1) * rows * width)).flatMap((one) =>
            Array.from({ length: rows }, (_, r) => one.slice((rows - 1 - r) * width, (rows - r) * width)).flat(),
          )
        const { values } = build(free)
        const [given] = evaluate([values], { q, k, v }, 'f32')
        const [byQuery] = evaluate([values], { q: turned(q, s.queries, s.d), k, v }, 'f32')
        expect(bits(byQuery!)).toEqual(bits(turned([...given!], s.queries, s.e)))
        const byKey = f64(values, { ...free, k: turned(k, s.keys, s.d), v: turned(v, s.keys, s.e) })
        near(byKey, f64(values, free), 1e-12)
      }),
      { numRuns: 30 },
    )
  })

  it('is causal to the bit: the first rows do not change when a longer sequence follows', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 6 }), (c, length) => {
        const { s, q, k, v } = { ...c, s: { ...c.s, causal: true, masked: false, n: 1, queries: c.s.keys } }
        const steps = Math.min(length, s.keys)
        const made = (t: number) => {
          const own = { ...c, s: { ...s, keys: t, queries: t } }
          const env = { q: q.concat(k).slice(0, t * s.d), k: k.slice(0, t * s.d), v: v.slice(0, t * s.e) }
          while (env.q.length < t * s.d) env.q.push(0.5)
          return evaluate([build(own).values], env, 'f32')[0]!
        }
        expect(bits(made(steps))).toEqual(bits(made(s.keys).slice(0, steps * s.e)))
      }),
      { numRuns: 30 },
    )
  })

  it('neither reads nor moves keys and values that do not count', () => {
    const [q, k, v, m] = [input('q', [1, 2, 2]), input('k', [1, 3, 2]), input('v', [1, 3, 2]), input('m', [1, 3])]
    const values = attend(q, k, v, { keys: m })
    const [toKeys, toValues] = gradients(sum(mul(values, values)), [k, v])
    const env = {
      q: [1, 2, 3, 4],
      k: [1, 0, Number.NaN, Number.NaN, 0, 1],
      v: [1, 2, Number.NaN, Number.NaN, 3, 4],
      m: [1, 0, 1],
    }
    const [given, dk, dv] = evaluate([values, toKeys!, toValues!], env, 'f32')
    expect([...given!].every(Number.isFinite)).toBe(true)
    expect([...dv!.slice(2, 4)]).toEqual([0, 0])
    expect([...dk!.slice(2, 4)]).toEqual([0, 0])
    expect(evaluate([values], { ...env, m: [0, 0, 0] }, 'f32')[0]).toEqual(new Float32Array(4))
  })

  it('compiles with its gradients to the bits of the reference, for every size and mask', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { leaves, values, weights } = build(c)
        const all = [values, weights, ...gradients(sum(mul(values, values)), [leaves.q, leaves.k, leaves.v])]
        const { q, k, v, m } = c
        const truth = evaluate(all, { q, k, v, m }, 'f32')
        compiled(all, { q, k, v, m }).forEach((x, i) => expect(bits(x)).toEqual(bits(truth[i]!)))
      }),
      { numRuns: 15 },
    )
  })

  it('has the derivatives that differences show, also with masks', () => {
    for (const options of [{}, { causal: true }]) {
      const masked = (q: Expr, k: Expr, v: Expr, m: Expr) => attend(q, k, v, { ...options, keys: m })
      const args = [[2, 3, 2], [2, 3, 2], [2, 3, 2], { shape: [2, 3], values: [1, 1, 0, 0, 1, 1], fixed: true }]
      expect(compareGradients((...[q, k, v, m]) => masked(q!, k!, v!, m!), args).faults).toEqual([])
      expect(compareGradients((...[q, k, v]) => attend(q!, k!, v!, options), args.slice(0, 3)).faults).toEqual([])
    }
  })

  it('refuses shapes that do not belong together', () => {
    const [q, k, v] = [input('q', [2, 3, 4]), input('k', [2, 5, 4]), input('v', [2, 5, 1])]
    expect(() => attend(q, k, input('v', [2, 4, 1]))).toThrow('attend: expected queries [n, queries, d]')
    expect(() => attend(q, input('k', [2, 5, 3]), v)).toThrow('queries [n, queries, d] and keys [n, keys, d]')
    expect(() => attend(q, k, v, { causal: true })).toThrow(
      'as many queries as keys when causal, got [2, 3, 4] and [2, 5, 4]',
    )
    expect(() => attend(q, k, v, { keys: input('m', [2, 4]) })).toThrow('keys that count as [2, 5], got [2, 4]')
  })
})

describe('the attention layer', () => {
  const net = stack([3, 2], [attention({ units: 4, outputs: 5, causal: true, initialiser: 'glorot' })])
  const x = input('x', [2, 6])

  it('is attend between its projections', () => {
    expect(net.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['attention0/weight', [2, 12]],
      ['attention0/output', [4, 5]],
    ])
    const p = net.initialise(key(1))
    const rows = Array.from({ length: 12 }, (_, i) => ((i * 7) % 11) / 4 - 1)
    const [w, out] = [p.slice(0, 24), p.slice(24)]
    const project = (from: number): number[] =>
      Array.from({ length: 6 * 4 }, (_, i) => {
        const [row, unit] = [Math.floor(i / 4), i % 4]
        return rows[2 * row]! * w[from + unit]! + rows[2 * row + 1]! * w[12 + from + unit]!
      })
    const s = { n: 2, queries: 3, keys: 3, d: 4, e: 4, causal: true, masked: false }
    const { values } = plain({ s, q: project(0), k: project(4), v: project(8), m: [] })
    const truth = Array.from({ length: 30 }, (_, i) => {
      const row = Math.floor(i / 5)
      return [0, 1, 2, 3].reduce((a, u) => a + values[4 * row + u]! * out[5 * u + (i % 5)]!, 0)
    })
    const made = net.apply(block('p', [net.layout.size]), x)
    expect(made.logits.shape).toEqual([2, 15])
    near(evaluate([made.logits], { p, x: rows }, 'f32')[0]!, truth, 1e-5)
  })

  it('draws query, key and value each as a matrix of its own, whatever comes beside', () => {
    const p = net.initialise(key(1))
    const bound = Math.sqrt(6 / (2 + 4))
    const largest = p.slice(0, 24).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
    expect(largest).toBeLessThanOrEqual(bound)
    expect(largest).toBeGreaterThan(0.7 * bound)
    const alone = stack([3, 2], [attention({ units: 4, initialiser: 'glorot' })])
    expect(alone.initialise(key(1))).toEqual(p.slice(0, 24))
    expect(alone.outputs).toBe(12)
  })

  it('refuses impossible sizes, unknown names and what is no sequence', () => {
    expect(() => attention({ units: 0, initialiser: 'glorot', outputs: Number.NaN })).toThrow(
      'attention: units must be a whole number from 1, got 0; outputs must be a whole number from 1, got NaN',
    )
    expect(() => stack([6], [attention({ units: 1, initialiser: 'glorot' })])).toThrow(
      'sequences [steps, inputs], got [6]',
    )
  })
})
