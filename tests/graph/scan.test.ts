import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad, gradients } from '../../src/graph/grad.js'
import { lower } from '../../src/graph/lower.js'
import * as o from '../../src/graph/ops.js'
import { perExampleSquares } from '../../src/graph/perExample.js'
import { print } from '../../src/graph/print.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'
import { type Made, randomRecurrence, type Recurrence, tanh, unrolled } from '../support/recurrence.js'

const looped = ({ step, ...loop }: Recurrence): Made => o.scan(loop, step)
const valuesOf = (m: Made): readonly Expr[] => [m.states, m.outputs, m.sums].flatMap((r) => Object.values(r))
const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)
const scans = (es: readonly Expr[]): readonly Expr[] => topological(lower(es)).filter((e) => e.op.name === 'scan')

/** A loss with a weight for every value, some of them zero so that parts of a loop go without a cotangent. */
const lossOf = (m: Made, seed: number): Expr =>
  valuesOf(m)
    .map((e, i) => {
      const kind = uniforms(folded(key(seed), i), 1)[0]!
      return kind < 0.3 ? o.literal(0) : o.mul(kind, kind < 0.7 ? o.sum(o.square(e)) : o.sum(e))
    })
    .reduce((a, b) => o.add(a, b))

describe('scan', () => {
  it('gives the bits of the loop written out, for every random recurrence', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const r = randomRecurrence(seed)
        const [a, b] = [looped(r), unrolled(r)]
        const values = evaluate([...valuesOf(a), ...valuesOf(b)], r.env, 'f32')
        const half = values.length / 2
        for (let i = 0; i < half; i++) expect(bits(values[i]!)).toEqual(bits(values[half + i]!))
      }),
      { numRuns: 60 },
    )
  })

  it('has the derivatives of the loop written out, for every random recurrence', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const r = randomRecurrence(seed)
        const all = [looped(r), unrolled(r)].map((m) => gradients(lossOf(m, seed), r.leaves))
        const [a, b] = all.map((g) => evaluate(g, r.env, 'f64'))
        a!.forEach((g, k) => {
          const size = Math.max(1, ...b![k]!.map(Math.abs))
          g.forEach((v, i) => expect(Math.abs(v - b![k]![i]!)).toBeLessThan(1e-12 * size))
        })
      }),
      { numRuns: 60 },
    )
  })

  it('compiles to the bits of its reference, derivatives included, for every random recurrence', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const r = randomRecurrence(seed)
        const made = looped(r)
        const loss = lossOf(made, seed)
        const all = [loss, ...valuesOf(made), ...gradients(loss, r.leaves)]
        const env = Object.fromEntries(Object.entries(r.env).map(([name, v]) => [name, Float32Array.from(v)]))
        const values = compiled(all, env)
        evaluate(all, env, 'f32').forEach((v, i) => expect(bits(values[i]!)).toEqual(bits(v)))
      }),
      { numRuns: 60 },
    )
  }, 60_000)

  it('has second derivatives: the gradient of a directional derivative equals f64 differences and its compiled bits', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const r = randomRecurrence(seed, false)
        const [p] = r.leaves
        const direction = o.input('direction', p!.shape)
        const slope = o.sum(o.mul(grad(lossOf(looped(r), seed), p!), direction))
        const second = gradients(slope, r.leaves)
        const env: Record<string, Float64Array> = { ...r.env, direction: draws(seed, sizeOf(p!.shape)) }
        const exact = evaluate(second, env, 'f64')
        r.leaves.forEach((leaf, k) => {
          const name = String(leaf.attrs.name)
          const i = seed % sizeOf(leaf.shape)
          const at = (step: number) =>
            evaluate([slope], { ...env, [name]: env[name]!.map((v, j) => (i === j ? v + step : v)) }, 'f64')[0]![0]!
          const difference = (at(1e-5) - at(-1e-5)) / 2e-5
          expect(Math.abs(difference - exact[k]![i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(difference)))
        })
        const single = Object.fromEntries(Object.entries(env).map(([name, v]) => [name, Float32Array.from(v)]))
        const values = compiled(second, single)
        evaluate(second, single, 'f32').forEach((v, i) => expect(bits(values[i]!)).toEqual(bits(v)))
      }),
      { numRuns: 25 },
    )
  }, 60_000)

  it('adds a sum in the order of the steps, from +0, and runs the other way when told', () => {
    const x = o.input('x', [3])
    const made = (reverse: boolean) =>
      o.scan({ states: { n: o.literal(0) }, inputs: { x }, reverse }, ({ n }, { x }) => ({
        states: { n: o.add(n, 1) },
        outputs: { n, product: o.mul(o.add(n, 1), x) },
        sums: { x },
      }))
    const run = (reverse: boolean) => {
      const { states, outputs, sums } = made(reverse)
      const all = [states.n, outputs.n, outputs.product, sums.x]
      return evaluate(all, { x: [1, 2 ** 24, -(2 ** 24)] }, 'f32').map((v) => [...v])
    }
    expect(run(false)).toEqual([[3], [0, 1, 2], [1, 2 ** 25, -3 * 2 ** 24], [0]])
    expect(run(true)).toEqual([[3], [2, 1, 0], [3, 2 ** 25, -(2 ** 24)], [1]])
    const zeros = evaluate([made(false).sums.x], { x: [-0, -0, -0] }, 'f32')[0]!
    expect(Object.is(zeros[0], 0)).toBe(true)
  })

  it('does the work of the loop written out, with derivatives, when no input needs one', () => {
    const r = recurrent(7)
    const work = [o.scan(r, r.step), unrolled(r)].map((m) => cost([grad(o.sum(m.states.h!), r.p)]).macs)
    const [perStep, firstStep] = [2 * 2 * 3 * 4 + 3 * 2 * 4 * 4, 2 * 4 * 4]
    expect(work).toEqual([7 * perStep, 7 * perStep - firstStep])
  })

  it('keeps the products of its steps for the derivative, and none that it only reads', () => {
    const [a, b] = [o.input('a', [2, 2]), o.input('b', [2, 2])]
    const { states } = o.scan({ states: { h: o.ones([2, 2]) }, steps: 5 }, ({ h }) => ({
      states: { h: tanh(o.add(o.dot(h, b), o.dot(a, b))) },
    }))
    expect(scans([states.h]).map((e) => e.shape)).toEqual([[4 * (5 + 1) + 4 * 5]])
  })

  it('takes convolutions in its step, with their derivatives', () => {
    const r = { ...convolutional, env: { x: draws(1, 2 * 40), w: draws(2, 36), h0: draws(3, 40) } }
    const [made, written] = [looped(r), unrolled(r)]
    const all = [made, written].map((m) => [...valuesOf(m), ...gradients(lossOf(m, 1), r.leaves)])
    const [a, b] = all.map((es) => evaluate(es, r.env, 'f64'))
    a!.forEach((v, k) => v.forEach((x, i) => expect(x).toBeCloseTo(b![k]![i]!, 12)))
    const env = Object.fromEntries(Object.entries(r.env).map(([name, v]) => [name, Float32Array.from(v)]))
    const values = compiled(all[0]!, env)
    evaluate(all[0]!, env, 'f32').forEach((v, i) => expect(bits(values[i]!)).toEqual(bits(v)))
  })

  it('is a product of all rows where nothing is left to do step by step', () => {
    const [x, w] = [o.input('x', [3, 2, 2]), o.input('w', [2, 2])]
    const { outputs } = o.scan({ states: {}, inputs: { x } }, ({}, { x }) => ({
      states: {},
      outputs: { y: o.dot(x, w), same: x },
    }))
    const all = [outputs.y, outputs.same, grad(o.sum(outputs.y), w)]
    expect(scans(all)).toEqual([])
    const env = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], w: [1, 2, 3, 4] }
    expect(evaluate(all, env, 'f32').map((v) => [...v])).toEqual([
      [7, 10, 15, 22, 23, 34, 31, 46, 39, 58, 47, 70],
      env.x,
      [36, 36, 42, 42],
    ])
  })

  it('has code of one size for any number of steps', () => {
    const size = (steps: number): number => {
      const r = recurrent(steps)
      const store = createStore()
      store.block('p', r.p.shape)
      const loss = o.sum(o.scan(r, r.step).states.h!)
      return compile({ updates: {}, outputs: { loss, g: grad(loss, r.p) } }, store).moduleBytes
    }
    expect(Math.abs(size(800) - size(400))).toBeLessThan(100)
  })

  it('is one node for equal loops, and two where a literal in the body differs', () => {
    const h0 = o.input('h0', [3])
    const decay = (rate: number) =>
      o.scan({ states: { h: h0 }, steps: 9 }, ({ h }) => ({ states: { h: o.mul(h, rate) } })).states.h
    expect(scans([o.add(decay(0.5), decay(0.5))])).toHaveLength(1)
    expect(scans([o.add(decay(0.5), decay(0.25))])).toHaveLength(2)
    const [once, twice] = evaluate([decay(0.5), o.add(decay(0.5), decay(0.25))], { h0: [512, 1, 0] }, 'f64')
    expect([[...once!], twice![0]]).toEqual([[1, 2 ** -9, 0], 1 + 2 ** -9])
  })

  it('keeps the states of loops apart whose inner steps are differentiated while the outer one is built', () => {
    // Each outer step moves w down the gradient of an inner loop that carries a state of the same shape.
    const step = (w: Expr, x: Expr): Expr => {
      const inner = o.scan({ states: { w }, steps: 2 }, (s) => ({ states: { w: o.mul(s.w, o.add(x, w)) } }))
      return o.sub(w, o.mul(0.1, grad(o.sum(inner.states.w), w)))
    }
    const x = o.input('x', [4, 2])
    const w0 = o.input('w0', [2])
    const { states } = o.scan({ states: { w: w0 }, inputs: { x } }, ({ w }, { x }) => ({ states: { w: step(w, x) } }))
    const env = { x: draws(1, 8), w0: draws(2, 2) }
    // The inner loop gives w (x + w)^2: its slope is (x + w)^2 + 2 w (x + w).
    const expected = env.w0.map((start, j) =>
      [0, 1, 2, 3].reduce((w, t) => {
        const s = env.x[2 * t + j]! + w
        return w - Math.fround(0.1) * (s * s + 2 * w * s)
      }, start),
    )
    evaluate([states.w], env, 'f64')[0]!.forEach((v, j) => expect(v).toBeCloseTo(expected[j]!, 12))
  })

  it('leaves no denormal number where a cotangent vanishes over many steps', () => {
    const [x, w] = [o.input('x', [400, 3]), o.block('w')]
    const { outputs } = o.scan({ states: { h: o.zeros([3]) }, inputs: { x } }, ({ h }, { x }) => {
      const next = o.add(o.mul(h, w), x)
      return { states: { h: next }, outputs: { h: next } }
    })
    const loss = o.sum(o.slice(outputs.h, 399 * 3, [3]))
    const [gx, gw] = evaluate(gradients(loss, [x, w]), { x: draws(3, 1200), w: 0.5 }, 'f32')
    const tiny = [...gx!, ...gw!].filter((v) => v !== 0 && Math.abs(v) < 2 ** -126)
    expect(tiny).toEqual([])
    expect([gx![0], gx![1197]]).toEqual([0, 1])
  })

  it('refuses what it cannot mean', () => {
    const h = o.input('h', [2])
    const same = ({ h }: { readonly h: Expr }) => ({ states: { h } })
    expect(() => o.scan({ states: { h } }, same)).toThrow('scan: the number of steps must be given')
    expect(() => o.scan({ states: { h }, inputs: { x: o.input('x', [4]) }, steps: 3 }, same)).toThrow(
      "input 'x' as f32 [3, ...], got [4]",
    )
    expect(() => o.scan({ states: { h }, inputs: { x: o.input('x', [4], 'i32') } }, same)).toThrow("input 'x' as f32")
    expect(() => o.scan({ states: { h }, steps: 2 }, ({ h }) => ({ states: { h: o.sum(h) } }))).toThrow(
      "state 'h' to keep its shape, got [2] and []",
    )
    const labels = o.input('labels', [2], 'i32')
    const gather = ({ h }: { readonly h: Expr }) => ({ states: { h: o.sum(o.rows(o.reshape(h, [2, 1]), labels), 1) } })
    expect(() => o.scan({ states: { h }, steps: 2 }, gather)).toThrow('scan: the body reads i32 values')
    const escaped: Expr[] = []
    o.scan({ states: { h }, steps: 2 }, (s) => {
      escaped.push(s.h)
      return { states: s }
    })
    expect(() => evaluate(escaped, { h: [1, 2] }, 'f64')).toThrow("placeholder 'h of the step' has no value")
  })

  it('is refused by squares of per-example gradients, which hold for products that run once', () => {
    const r = recurrent(3)
    const losses = o.sum(o.square(o.scan(r, r.step).states.h!), 1)
    expect(() => perExampleSquares([{ loss: losses, weight: o.ones([2]) }], r.p)).toThrow(
      "perExampleSquares: a loop ('scan') uses parameters at every step",
    )
  })

  it('prints its body below it', () => {
    const { states } = o.scan({ states: { h: o.input('h') }, steps: 2 }, ({ h }) => ({ states: { h: o.exp(h) } }))
    expect(print([states.h])).toBe(
      [
        '%0 = input() {name=h} []',
        '%1 = reshape(%0) [1]',
        '%2 = scan(%1) {steps=2 reverse=false} [3]',
        '  step(state0 []): 1 states, 0 outputs, 0 sums',
        '  %0 = block() {name=state0} []',
        '  %1 = exp(%0) []',
        '  return %1',
        '%3 = slice(%2) {from=2} []',
        'return %3',
      ].join('\n'),
    )
  })
})

/** An Elman network of 4 units over `steps` inputs of 3 numbers, batch 2. */
const recurrent = (steps: number) => {
  const p = o.block('p', [3 * 4 + 4 * 4])
  const step: Recurrence['step'] = ({ h }, { x }) => {
    const next = tanh(o.add(o.dot(x!, o.slice(p, 0, [3, 4])), o.dot(h!, o.slice(p, 12, [4, 4]))))
    return { states: { h: next }, outputs: {}, sums: {} }
  }
  const states = { h: o.zeros([2, 4]) }
  return { p, states, inputs: { x: o.input('x', [steps, 2, 3]) }, steps, reverse: false, step, leaves: [p], env: {} }
}

/** Images of 4 × 5 with 2 channels as the state, through one kernel at every step. */
const convolutional: Recurrence = (() => {
  const [x, w, h0] = [o.input('x', [2, 1, 4, 10]), o.input('w', [3, 3, 2, 2]), o.input('h0', [1, 4, 10])]
  return {
    states: { h: h0 },
    inputs: { x },
    steps: 2,
    reverse: false,
    step: ({ h }, { x }) => {
      const image = o.convolve(o.reshape(h!, [1, 4, 5, 2]), w, { pad: 1 })
      const next = tanh(o.add(o.reshape(image, [1, 4, 10]), x!))
      return { states: { h: next }, outputs: { m: o.sum(image, 'leading') }, sums: { s: o.mean(next) } }
    },
    leaves: [x, w, h0],
    env: {},
  }
})()
