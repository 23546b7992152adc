import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, sum } from '../../src/graph/ops.js'
import { type Shape, sizeOf } from '../../src/graph/shape.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import type { Output } from '../../src/nn/network.js'
import { stack } from '../../src/nn/stack.js'

const epsilon = Math.fround(1e-5)
const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 512)
const list = (n: number) => fc.array(grid, { minLength: n, maxLength: n })

const pass = (shape: Shape, n: number, training: boolean, options: { readonly momentum?: number } = {}): Output => {
  const net = stack(shape, [batchNormalisation({ ...options, statistics: 'continue' })])
  return net.apply(block('p', [net.layout.size]), input('x', [n, net.inputs]), {
    state: block('state', [net.state!.layout.size]),
    ...(training ? { training: { key: input('key', [2], 'i32'), weights: input('weights', [n]) } } : {}),
  })
}

/** `[n, positions, channels]` flat → the values of each channel in rows of weight 1. */
const channelsOf = (x: readonly number[], weights: readonly number[], positions: number, channels: number) =>
  Array.from({ length: channels }, (_, c) =>
    x.filter((_v, i) => i % channels === c && weights[Math.floor(i / (positions * channels))] === 1),
  )
const mean = (v: readonly number[]) => v.reduce((a, b) => a + b, 0) / v.length
const variance = (v: readonly number[]) => mean(v.map((x) => (x - mean(v)) ** 2))

const cases = fc
  .record({ n: fc.integer({ min: 2, max: 5 }), channels: fc.integer({ min: 1, max: 3 }), images: fc.boolean() })
  .chain(({ n, channels, images }) => {
    const positions = images ? 6 : 1
    return fc.record({
      n: fc.constant(n),
      channels: fc.constant(channels),
      positions: fc.constant(positions),
      shape: fc.constant<Shape>(images ? [3, 2, channels] : [channels]),
      x: list(n * positions * channels),
      p: list(2 * channels),
      state: list(2 * channels).map((v) => v.map((s, i) => (i < channels ? s : Math.abs(s)))),
      real: fc.integer({ min: 1, max: n }),
    })
  })

describe('batch normalisation', () => {
  it('in training, is (x − mean)/√(variance + ε)·gain + bias with the moments of the real rows, for all rows', () => {
    fc.assert(
      fc.property(cases, ({ n, channels, positions, shape, x, p, state, real }) => {
        const weights = Array.from({ length: n }, (_, i) => (i < real ? 1 : 0))
        const y = evaluate([pass(shape, n, true).logits], { p, x, state, weights }, 'f64')[0]!
        const moments = channelsOf(x, weights, positions, channels).map((v) => [mean(v), variance(v)] as const)
        x.forEach((v, i) => {
          const [m, s] = moments[i % channels]!
          const truth = ((v - m) / Math.sqrt(s + epsilon)) * p[i % channels]! + p[channels + (i % channels)]!
          expect(Math.abs(y[i]! - truth)).toBeLessThan(1e-9 * Math.max(1, Math.abs(truth)))
        })
      }),
    )
  })

  it('moves the running mean and the running variance, unbiased, by the momentum', () => {
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom(0, 0.125, 1),
        ({ n, channels, positions, shape, x, p, state, real }, momentum) => {
          const weights = Array.from({ length: n }, (_, i) => (i < real ? 1 : 0))
          const after = evaluate([pass(shape, n, true, { momentum }).state!], { p, x, state, weights }, 'f64')[0]!
          channelsOf(x, weights, positions, channels).forEach((v, c) => {
            const unbiased = v.length === 1 ? 0 : (variance(v) * v.length) / (v.length - 1)
            const [m, s] = [state[c]!, state[channels + c]!]
            expect(after[c]).toBeCloseTo((1 - momentum) * m + momentum * mean(v), 9)
            expect(after[channels + c]).toBeCloseTo((1 - momentum) * s + momentum * unbiased, 9)
          })
        },
      ),
    )
  })

  it('in evaluation, is affine in x with the running statistics, and keeps no state', () => {
    fc.assert(
      fc.property(cases, ({ n, channels, shape, x, p, state }) => {
        const output = pass(shape, n, false)
        expect(output.state).toBe(undefined)
        const y = evaluate([output.logits], { p, x, state }, 'f64')[0]!
        x.forEach((v, i) => {
          const c = i % channels
          const truth = ((v - state[c]!) / Math.sqrt(state[channels + c]! + epsilon)) * p[c]! + p[channels + c]!
          expect(Math.abs(y[i]! - truth)).toBeLessThan(1e-9 * Math.max(1, Math.abs(truth)))
        })
      }),
    )
  })

  it('does not change when every value of a channel is shifted or scaled up, but for ε', () => {
    const output = pass([2], 4, true)
    const env = { p: [1, 1, 0, 0], state: [0, 0, 1, 1], weights: [1, 1, 1, 1] }
    const x = [100, -300, 250, 75, -125, 0, 20, 500]
    const of = (values: readonly number[]) => evaluate([output.logits], { ...env, x: values }, 'f64')[0]!
    const [plain, moved] = [of(x), of(x.map((v, i) => (i % 2 === 0 ? 8 * v + 3 : v - 40)))]
    plain.forEach((v, i) => expect(Math.abs(moved[i]! - v)).toBeLessThan(1e-8))
  })

  it('a batch of one value gives the bias, and one without real rows changes no statistic, to the bit', () => {
    const env = { p: [3, 4, 5, 6], state: [0.1, 0.2, 0.3, 0.4], x: [7, -8] }
    const output = pass([2], 1, true)
    const [one] = evaluate([output.logits], { ...env, weights: [1] }, 'f32')
    expect([...one!]).toEqual([5, 6])
    const [none] = evaluate([output.state!], { ...env, weights: [0] }, 'f32')
    expect([...none!]).toEqual(env.state.map(Math.fround))
  })

  it('has no gradient through the state after the pass', () => {
    const output = pass([2], 3, true)
    const [p, x] = [block('p', [4]), input('x', [3, 2])]
    const env = { p: [1, 2, 3, 4], x: [1, 2, 3, 5, 8, 13], state: [0, 0, 1, 1], weights: [1, 1, 1] }
    for (const g of evaluate(gradients(sum(output.state!), [p, x]), env, 'f64'))
      expect(g.every((v) => v === 0)).toBe(true)
  })

  it('never lets running statistics become denormal, when all that comes is 0', () => {
    const output = pass([1], 2, true, { momentum: 0.9 })
    let state: ArrayLike<number> = [1, 1]
    for (let step = 0; step < 60; step++) {
      state = evaluate([output.state!], { p: [1, 0], x: [0, 0], weights: [1, 1], state }, 'f32')[0]!
      for (const v of Array.from(state)) expect(v === 0 || v >= 1e-36).toBe(true)
    }
    expect([...Array.from(state)]).toEqual([0, 0])
  })

  it('keeps mean 0 and variance 1 from the start, and says what happens to them at boundaries', () => {
    for (const statistics of ['continue', 'reset', 'first'] as const) {
      const { state, layout } = stack([3, 3, 2], [batchNormalisation({ statistics })])
      expect(state?.layout.entries.map((e) => [e.name, e.shape])).toEqual([
        ['batchNormalisation0/mean', [2]],
        ['batchNormalisation0/variance', [2]],
      ])
      expect([...state!.initial]).toEqual([0, 0, 1, 1])
      expect(state?.boundary).toEqual([statistics, statistics])
      expect(layout.size).toBe(4)
    }
  })

  it('adds over rows first, so a channel of 100,000 pixels has its mean to 1e-5 of its values in f32', () => {
    const shape: Shape = [28, 28, 1]
    const n = 128
    const x = Float32Array.from({ length: n * sizeOf(shape) }, (_, i) => ((i * 7919) % 1024) / 1024)
    const truth = x.reduce((a, b) => a + b, 0) / x.length
    const state: Expr = pass(shape, n, true, { momentum: 1 }).state!
    const after = evaluate([state], { p: [1, 0], x, state: [0, 1], weights: new Float32Array(n).fill(1) }, 'f32')[0]!
    expect(Math.abs(after[0]! - truth)).toBeLessThan(1e-5)
  })
})
