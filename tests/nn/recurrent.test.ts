import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { lower } from '../../src/graph/lower.js'
import { add, block, input, mul, slice, stop, sum, zeros } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { elman } from '../../src/nn/elman.js'
import { gru } from '../../src/nn/gru.js'
import { recurrent } from '../../src/nn/recurrent.js'
import { stack } from '../../src/nn/stack.js'
import { unroll } from '../../src/nn/unroll.js'
import { uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import { bits, compiled } from '../support/compiled.js'

const cells = {
  elman: (units: number) => elman({ units, initialiser: 'glorot' }),
  logistic: (units: number) => elman({ units, activation: 'sigmoid', initialiser: 'glorot' }),
  before: (units: number) => gru({ units, initialiser: 'glorot' }),
  after: (units: number) => gru({ units, reset: 'after', initialiser: 'glorot' }),
} as const
const kinds = ['elman', 'logistic', 'before', 'after'] as const

const sizes = fc.record({
  kind: fc.constantFrom(...kinds),
  T: fc.integer({ min: 1, max: 6 }),
  n: fc.integer({ min: 1, max: 3 }),
  d: fc.integer({ min: 1, max: 4 }),
  units: fc.integer({ min: 1, max: 5 }),
  seed: fc.nat(1e6),
})
type Case = typeof sizes extends fc.Arbitrary<infer C> ? C : never

const draws = (seed: number, name: string, n: number): Float64Array =>
  uniforms(named(key(seed), name), n).map((u) => (Math.floor(u * 4096) - 2048) / 1024)

const build = ({ kind, T, n, d, units, seed }: Case) => {
  const cell = cells[kind](units)
  const leaves = cell.parameters(d).map((p) => input(p.name, p.shape))
  const [x, start] = [input('x', [T, n, d]), input('start', [n, units])]
  const env = Object.fromEntries(
    [...leaves, x, start].map((e) => [String(e.attrs.name), draws(seed, String(e.attrs.name), sizeOf(e.shape))]),
  )
  const own = (name: string): Expr => leaves.find((e) => e.attrs.name === name) ?? x
  return { cell, leaves, own, x, start, env }
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))

/** The equations of one row, written out in f64. Gates stand side by side: reset, update, candidate. */
const plainStep = (kind: Case['kind'], units: number, d: number, env: Readonly<Record<string, Float64Array>>) => {
  const { weight, bias, recurrent: carried, recurrentBias } = env
  const gates = kind === 'before' || kind === 'after' ? 3 : 1
  const given = (x: ArrayLike<number>, gate: number, j: number): number =>
    Array.from({ length: d }, (_, i) => x[i]! * weight![i * gates * units + gate * units + j]!).reduce(
      (a, b) => a + b,
      bias![gate * units + j]!,
    )
  const from = (h: ArrayLike<number>, gate: number, j: number): number =>
    Array.from({ length: units }, (_, i) => h[i]! * carried![i * gates * units + gate * units + j]!).reduce(
      (a, b) => a + b,
      recurrentBias?.[gate * units + j] ?? 0,
    )
  return (h: readonly number[], x: ArrayLike<number>): readonly number[] => {
    const all = h.map((_, j) => j)
    if (kind === 'elman') return all.map((j) => Math.tanh(given(x, 0, j) + from(h, 0, j)))
    if (kind === 'logistic') return all.map((j) => sigmoid(given(x, 0, j) + from(h, 0, j)))
    const r = all.map((j) => sigmoid(given(x, 0, j) + from(h, 0, j)))
    const u = all.map((j) => sigmoid(given(x, 1, j) + from(h, 1, j)))
    const reset = h.map((v, j) => v * r[j]!)
    const c = all.map((j) =>
      Math.tanh(given(x, 2, j) + (kind === 'before' ? from(reset, 2, j) : r[j]! * from(h, 2, j))),
    )
    return all.map((j) => (1 - u[j]!) * c[j]! + u[j]! * h[j]!)
  }
}

const near = (a: ArrayLike<number>, b: ArrayLike<number>, within: number): void => {
  expect(a.length).toBe(b.length)
  for (let i = 0; i < a.length; i++) expect(Math.abs(a[i]! - b[i]!)).toBeLessThan(within * Math.max(1, Math.abs(b[i]!)))
}

describe('Elman and GRU cells', () => {
  it('are their equations written out, step by step and row by row', () => {
    fc.assert(
      fc.property(sizes, (c) => {
        const { cell, own, x, start, env } = build(c)
        const made = unroll(cell, own, x, { start })
        const [states, last] = evaluate([made.states, made.last], env, 'f64')
        const step = plainStep(c.kind, c.units, c.d, env)
        for (let row = 0; row < c.n; row++) {
          let h: readonly number[] = [...env.start!.slice(row * c.units, (row + 1) * c.units)]
          for (let t = 0; t < c.T; t++) {
            h = step(h, env.x!.slice((t * c.n + row) * c.d, (t * c.n + row + 1) * c.d))
            near(states!.slice((t * c.n + row) * c.units, (t * c.n + row + 1) * c.units), h, 1e-12)
          }
          near(last!.slice(row * c.units, (row + 1) * c.units), h, 1e-12)
        }
      }),
    )
  })

  it('give the same with the reset gate before and after a product that keeps units apart', () => {
    const [x, h] = [input('x', [2, 3]), input('h', [2, 4])]
    const own = (name: string): Expr => input(name, { weight: [3, 12], bias: [12], recurrent: [4, 12] }[name] ?? [12])
    const env: Record<string, Float64Array> = {
      ...Object.fromEntries(['x', 'h', 'weight', 'bias'].map((name, i) => [name, draws(i, name, [6, 8, 36, 12][i]!)])),
      recurrent: draws(9, 'r', 48).map((v, i) => (i % 12 < 8 || Math.floor(i / 12) === (i % 12) - 8 ? v : 0)),
      recurrentBias: new Float64Array(12),
    }
    const [before, after] = evaluate([cells.before(4).step(own)(h, x), cells.after(4).step(own)(h, x)], env, 'f64')
    near(before!, after!, 1e-14)
  })

  it('carry the state unchanged while the update gate is open, and take the candidate while it is closed', () => {
    const one = (update: number) => {
      const env = { x: [0.5], h: [0.75], weight: [0, 0, 2], bias: [50, update, 0], recurrent: [0, 0, 1] }
      const own = (name: string): Expr => input(name, { weight: [1, 3], bias: [3], recurrent: [1, 3] }[name] ?? [])
      return evaluate([cells.before(1).step(own)(input('h', [1, 1]), input('x', [1, 1]))], env, 'f64')[0]![0]!
    }
    expect(one(80)).toBe(0.75)
    expect(one(-80)).toBeCloseTo(Math.tanh(1.75), 12)
  })

  it('have the derivatives that differences show, in inputs, state and every tensor', () => {
    for (const kind of kinds) {
      const cell = cells[kind](2)
      const parameters = cell.parameters(2)
      const f = (...[x, start, ...p]: Expr[]) => {
        const own = (name: string) => p[parameters.findIndex((q) => q.name === name)]!
        const { states, last } = unroll(cell, own, x!, { start: start! })
        return [states, last]
      }
      const report = compareGradients(f, [[2, 1, 2], [1, 2], ...parameters.map((p) => p.shape)])
      expect(report.faults).toEqual([])
    }
  })

  it('compile with their gradients to the bits of the reference, truncated and not', () => {
    fc.assert(
      fc.property(sizes, fc.option(fc.integer({ min: 1, max: 7 })), (c, truncate) => {
        const { cell, own, leaves, x, start, env } = build(c)
        const { states, last } = unroll(cell, own, x, { start, ...(truncate === null ? {} : { truncate }) })
        const loss = add(sum(mul(states, states)), sum(last))
        const all = [states, last, ...gradients(loss, [...leaves, x, start])]
        const truth = evaluate(all, env, 'f32')
        compiled(all, env).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
      }),
      { numRuns: 20 },
    )
  })

  it('make the products of inputs for all steps at once: only those of the state are left in the loop', () => {
    const inLoop = (kind: Case['kind']): number => {
      const { cell, own, x } = build({ kind, T: 9, n: 2, d: 7, units: 3, seed: 1 })
      const loops = topological(lower([unroll(cell, own, x).last])).filter((e) => e.op.name === 'scan')
      expect(loops).toHaveLength(1)
      return topological(loops[0]!.body!.next).filter((e) => e.op.name === 'dot').length
    }
    expect(kinds.map(inLoop)).toEqual([1, 1, 2, 1])
  })

  it('leave no denormal number in a state that fades', () => {
    const cell = elman({ units: 1, activation: 'identity', initialiser: 'glorot' })
    const own = (name: string): Expr => input(name, name === 'bias' ? [1] : [1, 1])
    const { states } = unroll(cell, own, zeros([200, 1, 1]), { start: input('start', [1, 1]) })
    const env = { weight: [1], bias: [0], recurrent: [0.5], start: [1] }
    const [values] = evaluate([states], env, 'f32')
    expect([values![59], values![60], values![199]]).toEqual([2 ** -60, 0, 0])
  })
})

describe('truncated back-propagation through time', () => {
  it('keeps every bit of the values, and the gradient too where a window holds all steps', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 9 }), (c, truncate) => {
        const { cell, own, leaves, x, start, env } = build(c)
        const [whole, cut] = [unroll(cell, own, x, { start }), unroll(cell, own, x, { start, truncate })]
        const loss = (s: Expr): Expr => sum(mul(s, s))
        const wrt = [...leaves, x, start]
        const [a, b] = [whole, cut].map((u) => [u.states, u.last, ...gradients(loss(u.states), wrt)])
        const [va, vb] = [a!, b!].map((es) => evaluate(es, env, 'f32'))
        const same = truncate >= c.T ? va!.length : 2
        for (let i = 0; i < same; i++) expect(bits(vb![i]!)).toEqual(bits(va![i]!))
      }),
      { numRuns: 30 },
    )
  })

  it('is the sum of the gradients of its windows, each from a state that stands still', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), (c, truncate) => {
        const { cell, own, leaves, x, start, env } = build(c)
        const losses: Expr[] = []
        let state = start
        for (let t = 0; t < c.T; t += truncate) {
          const steps = Math.min(truncate, c.T - t)
          const window = unroll(cell, own, slice(x, t * c.n * c.d, [steps, c.n, c.d]), { start: state })
          losses.push(sum(mul(window.states, window.states)))
          state = stop(window.last)
        }
        const { states } = unroll(cell, own, x, { start, truncate })
        const wrt = [...leaves, x, start]
        const truth = evaluate(
          gradients(
            losses.reduce((a, b) => add(a, b)),
            wrt,
          ),
          env,
          'f64',
        )
        evaluate(gradients(sum(mul(states, states)), wrt), env, 'f64').forEach((g, i) => near(g, truth[i]!, 1e-11))
      }),
      { numRuns: 30 },
    )
  })

  it('lets nothing reach inputs before the last window of a loss on the last state', () => {
    const { cell, own, x, start, env } = build({ kind: 'before', T: 6, n: 1, d: 1, units: 2, seed: 3 })
    const { last } = unroll(cell, own, x, { start, truncate: 4 })
    const [toInputs, toStart] = evaluate(gradients(sum(last), [x, start]), env, 'f64')
    expect([...toInputs!].map((g) => g !== 0)).toEqual([false, false, false, false, true, true])
    expect([...toStart!]).toEqual([0, 0])
  })

  it('has code of one size for any number of windows', () => {
    const size = (T: number): number => {
      const { cell, own, leaves, x } = build({ kind: 'after', T, n: 1, d: 1, units: 2, seed: 3 })
      const { last } = unroll(cell, own, x, { truncate: 2 })
      const [g] = gradients(sum(last), leaves)
      return compile({ updates: {}, outputs: { last, g: g! } }, createStore()).moduleBytes
    }
    expect(Math.abs(size(400) - size(200))).toBeLessThan(100)
  })

  it('refuses windows that are none', () => {
    const { cell, own, x } = build({ kind: 'after', T: 2, n: 1, d: 1, units: 2, seed: 3 })
    expect(() => unroll(cell, own, x, { truncate: 0 })).toThrow('gru: truncate must be a whole number from 1, got 0')
    expect(() => unroll(cell, own, x, { start: zeros([2, 2]) })).toThrow('a state [n, 2], got [2, 1, 1] and [2, 2]')
  })
})

describe('the recurrent layer', () => {
  const options = { cell: 'gru', units: 3, initialiser: 'pytorch', recurrentInitialiser: 'orthogonal' } as const
  const layer = (outputs: 'all' | 'last') => stack([4, 2], [recurrent({ ...options, outputs })])

  it('gives all states of each example, or the last, from a state of zeros', () => {
    const [all, last] = [layer('all'), layer('last')]
    expect([all.outputs, last.outputs]).toEqual([12, 3])
    const p = all.initialise(key(1))
    const x = draws(1, 'x', 16)
    const [states, ends] = [all, last].map((net) => {
      const { logits, activations } = net.apply(block('p', [net.layout.size]), input('x', [2, 8]))
      expect(activations.map((a) => a.name)).toEqual(['gru0'])
      return evaluate([logits], { p, x }, 'f32')[0]!
    })
    expect([...ends!]).toEqual([...states!.slice(9, 12), ...states!.slice(21, 24)])
    const tensors = Object.fromEntries(
      all.layout.entries.map((e) => [e.name.slice(5), Float64Array.from(p.slice(e.offset, e.offset + e.size))]),
    )
    const step = plainStep('before', 3, 2, tensors)
    for (const row of [0, 1]) {
      let h: readonly number[] = [0, 0, 0]
      for (let t = 0; t < 4; t++) h = step(h, x.slice(8 * row + 2 * t, 8 * row + 2 * t + 2))
      near(ends!.slice(3 * row, 3 * row + 3), h, 1e-5)
    }
  })

  it('draws every gate as a matrix of its own: orthogonal ones have orthogonal gates', () => {
    const net = layer('last')
    const p = net.initialise(key(2))
    const { offset = 0 } = net.layout.entries.find((e) => e.name === 'gru0/recurrent') ?? {}
    for (const gate of [0, 1, 2])
      for (const i of [0, 1, 2])
        for (const j of [0, 1, 2]) {
          const at = (row: number, k: number) => p[offset + row * 9 + gate * 3 + k]!
          const product = [0, 1, 2].reduce((a, k) => a + at(i, k) * at(j, k), 0)
          expect(product).toBeCloseTo(i === j ? 1 : 0, 5)
        }
    expect(net.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['gru0/weight', [2, 9]],
      ['gru0/bias', [9]],
      ['gru0/recurrent', [3, 9]],
    ])
    const after = stack([4, 2], [recurrent({ ...options, reset: 'after', outputs: 'last' })])
    expect(after.layout.entries.at(-1)).toMatchObject({ name: 'gru0/recurrentBias', shape: [9] })
    expect(after.initialise(key(2)).slice(0, p.length)).toEqual(p)
  })

  it('refuses impossible sizes, unknown names and what is no sequence, all at once', () => {
    const loose = (changes: object): Parameters<typeof recurrent>[0] =>
      Object.assign({}, options, { outputs: 'last' as const }, changes)
    expect(() => recurrent(loose({ cell: 'lstm' }))).toThrow("recurrent: cell must be one of elman, gru, got 'lstm'")
    expect(() => recurrent(loose({ truncate: 0.5, outputs: 'first' }))).toThrow(
      "outputs must be one of all, last, got 'first'; truncate must be a whole number from 1, got 0.5",
    )
    expect(() => recurrent(loose({ units: Number.NaN, reset: 'both' }))).toThrow(
      "recurrent: units must be a whole number from 1, got NaN; reset must be one of before, after, got 'both'",
    )
    expect(() => recurrent({ cell: 'elman', units: 2, initialiser: 'glorot', outputs: 'last' })([4])).toThrow(
      'recurrent: expected sequences [steps, inputs], got [4]',
    )
  })
})
