import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { input, slice, stop, sum } from '../../src/graph/ops.js'
import { crossEntropy, softmax } from '../../src/nn/loss.js'
import { binaryCrossEntropy } from '../../src/nn/losses/binaryCrossEntropy.js'
import { distillation } from '../../src/nn/losses/distillation.js'
import { gaussianDivergence } from '../../src/nn/losses/gaussianDivergence.js'
import { labelSmoothing } from '../../src/nn/losses/labelSmoothing.js'
import { meanSquaredError } from '../../src/nn/losses/meanSquaredError.js'
import { bits, compiled } from '../support/compiled.js'

const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 512)
const list = (n: number, of: fc.Arbitrary<number> = grid) => fc.array(of, { minLength: n, maxLength: n })
const unit = fc.integer({ min: 0, max: 64 }).map((k) => k / 64)
const sizes = fc.record({ n: fc.integer({ min: 1, max: 4 }), m: fc.integer({ min: 1, max: 7 }) })
const f64 = (e: Expr, env: Record<string, ArrayLike<number>>) => evaluate([e], env, 'f64')[0]!
const rowsOf = (values: readonly number[], n: number, m: number) =>
  Array.from({ length: n }, (_, i) => values.slice(i * m, (i + 1) * m))
const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
const near = (got: ArrayLike<number>, wanted: readonly number[], relative = 1e-12) => {
  expect(got.length).toBe(wanted.length)
  wanted.forEach((w, i) => expect(Math.abs(got[i]! - w)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(w))))
}

describe('binary cross-entropy', () => {
  const z = (n: number, m: number) => input('z', [n, m])
  const t = (n: number, m: number) => input('t', [n, m])
  const cases = sizes.chain(({ n, m }) =>
    fc.record({ n: fc.constant(n), m: fc.constant(m), z: list(n * m), t: list(n * m, unit) }),
  )

  it('is −t ln σ(z) − (1 − t) ln(1 − σ(z)), added up or averaged over the outputs of each row', () => {
    fc.assert(
      fc.property(cases, ({ n, m, ...env }) => {
        const each = env.z.map((v, i) => {
          const [p, q] = [1 / (1 + Math.exp(-v)), 1 / (1 + Math.exp(v))]
          return -env.t[i]! * Math.log(p) - (1 - env.t[i]!) * Math.log(q)
        })
        const sums = rowsOf(each, n, m).map(add)
        near(f64(binaryCrossEntropy(z(n, m), t(n, m), 'sum'), env), sums)
        near(
          f64(binaryCrossEntropy(z(n, m), t(n, m), 'mean'), env),
          sums.map((s) => s / m),
        )
      }),
    )
  })
  it('has the derivative σ(z) − t in the logits, at 0 too', () => {
    fc.assert(
      fc.property(cases, ({ n, m, ...env }) => {
        const at = { ...env, z: [0, ...env.z.slice(1)] }
        const [g] = evaluate(gradients(sum(binaryCrossEntropy(z(n, m), t(n, m), 'sum')), [z(n, m)]), at, 'f64')
        near(
          g!,
          at.z.map((v, i) => 1 / (1 + Math.exp(-v)) - env.t[i]!),
        )
      }),
    )
  })
  it('neither overflows nor loses the loss at large logits', () => {
    const loss = binaryCrossEntropy(z(1, 1), t(1, 1), 'sum')
    const at = (v: number, target: number) => evaluate([loss], { z: [v], t: [target] }, 'f32')[0]![0]
    expect([at(1e30, 1), at(1e30, 0), at(-1e30, 0), at(-1e30, 1)]).toEqual([0, 1e30, 0, 1e30].map(Math.fround))
    expect(at(Number.NaN, 1)).toBeNaN()
  })
  it('is the two-class cross-entropy of the logits [z, 0]', () => {
    const env = { z: [1.25, -0.5], two: [1.25, 0, -0.5, 0], y: [0, 1], t: [1, 0] }
    const two = crossEntropy(input('two', [2, 2]), input('y', [2], 'i32'))
    near(f64(binaryCrossEntropy(z(2, 1), t(2, 1), 'sum'), env), [...f64(two, env)])
  })
})

describe('mean squared error', () => {
  it('of [1, 2] and [3, 5] is 13 added up and 6.5 averaged, and equal rows give 0', () => {
    const env = { p: [1, 2, 4, 4], t: [3, 5, 4, 4] }
    const of = (over: 'sum' | 'mean') => [...f64(meanSquaredError(input('p', [2, 2]), input('t', [2, 2]), over), env)]
    expect(of('sum')).toEqual([13, 0])
    expect(of('mean')).toEqual([6.5, 0])
  })
  it('has the derivative 2(p − t)/outputs when averaged', () => {
    const p = input('p', [1, 2])
    const [g] = evaluate(
      gradients(sum(meanSquaredError(p, input('t', [1, 2]), 'mean')), [p]),
      { p: [1, 2], t: [3, 5] },
      'f64',
    )
    expect([...g!]).toEqual([-2, -3])
  })
})

describe('label smoothing', () => {
  it('for every target, rows of probabilities stay so, and the own class keeps 1 − ε + ε/classes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), unit, fc.nat(), (classes, amount, seed) => {
        const y = [seed % classes]
        const p = f64(labelSmoothing(input('y', [1], 'i32'), { classes, amount }), { y })
        expect(Math.abs(add([...p]) - 1)).toBeLessThan(1e-6)
        p.forEach((v, c) => expect(Math.abs(v - (c === y[0] ? 1 - amount : 0) - amount / classes)).toBeLessThan(1e-7))
      }),
    )
  })
  it('shares ε among the active classes of each row alone', () => {
    const smoothed = labelSmoothing(input('y', [2], 'i32'), { classes: 4, amount: 0.5, active: input('a', [2, 4]) })
    const p = f64(smoothed, { y: [0, 3], a: [1, 1, 0, 0, 1, 1, 1, 1] })
    expect([...p]).toEqual([0.75, 0.25, 0, 0, 0.125, 0.125, 0.125, 0.625])
  })
  it('amount 0 leaves the target as it is, to the bit', () => {
    const t = input('t', [1, 3])
    expect([...evaluate([labelSmoothing(t, { classes: 3, amount: 0 })], { t: [0.1, 0.2, 0.7] }, 'f32')[0]!]).toEqual(
      [0.1, 0.2, 0.7].map(Math.fround),
    )
  })
  it('refuses an amount that is no share, and a mask of another shape', () => {
    const y = input('y', [2], 'i32')
    expect(() => labelSmoothing(y, { classes: 3, amount: 1.5 })).toThrow('amount must be a number from 0 to 1, got 1.5')
    expect(() => labelSmoothing(y, { classes: 3, amount: 0.1, active: input('a', [2, 4]) })).toThrow(
      'got [2, 3] and [2, 4]',
    )
  })
})

describe('distillation', () => {
  const [s, t] = [input('s', [2, 3]), input('t', [2, 3])]
  const env = { s: [1, -1, 0.5, 2, 0, -2], t: [0.5, 0.25, -1, 3, 1, 1] }
  const soft = (z: readonly number[], T: number) => {
    const e = z.map((v) => Math.exp(v / T))
    return e.map((v) => v / add(e))
  }

  it('is the cross-entropy of softened outputs, times T² where that is asked for', () => {
    for (const temperature of [1, 2, 4]) {
      const wanted = rowsOf(env.s, 2, 3).map((row, i) => {
        const [p, q] = [soft(env.t.slice(3 * i, 3 * i + 3), temperature), soft(row, temperature)]
        return -add(p.map((v, c) => v * Math.log(q[c]!)))
      })
      near(f64(distillation(s, t, { temperature, timesSquare: false }), env), wanted)
      near(
        f64(distillation(s, t, { temperature, timesSquare: true }), env),
        wanted.map((v) => v * temperature ** 2),
      )
    }
  })
  it('at temperature 1 is the cross-entropy with the probabilities of the teacher as target, to the bit', () => {
    const values = evaluate(
      [distillation(s, t, { temperature: 1, timesSquare: true }), crossEntropy(s, softmax(t))],
      env,
      'f32',
    )
    expect(bits(values[0]!)).toEqual(bits(values[1]!))
  })
  it('moves the student by (q − p)/T, and the teacher not at all', () => {
    const loss = sum(distillation(s, t, { temperature: 2, timesSquare: false }))
    const [toStudent, toTeacher] = evaluate(gradients(loss, [s, t]), env, 'f64')
    near(
      toStudent!,
      rowsOf(env.s, 2, 3).flatMap((row, i) => {
        const p = soft(env.t.slice(3 * i, 3 * i + 3), 2)
        return soft(row, 2).map((q, c) => (q - p[c]!) / 2)
      }),
    )
    expect([...toTeacher!]).toEqual([0, 0, 0, 0, 0, 0])
  })
  it('T² keeps the size of gradients: at high temperature they are those of half the squared distance of centred logits', () => {
    const loss = sum(distillation(s, t, { temperature: 1e4, timesSquare: true }))
    const [g] = evaluate(gradients(loss, [s]), env, 'f64')
    const centred = (z: readonly number[]) => z.map((v) => v - add(z) / 3)
    // Hinton 2015, equation 4: (z − v)/N
    rowsOf(env.s, 2, 3)
      .flatMap((row, i) => {
        const v = centred(env.t.slice(3 * i, 3 * i + 3))
        return centred(row).map((z, c) => (z - v[c]!) / 3)
      })
      .forEach((wanted, i) => expect(Math.abs(g![i]! - wanted)).toBeLessThan(1e-3))
  })
  it('with the mask of the teacher alone, new classes get probability 0 as target and stand in the student’s softmax', () => {
    const known = input('known', [2, 3])
    const at = { ...env, known: [1, 1, 0, 1, 1, 0] }
    const options = { temperature: 2, timesSquare: false, teacherActive: known }
    const appended = rowsOf(env.s, 2, 3).map((row, i) => {
      const p = soft(env.t.slice(3 * i, 3 * i + 2), 2)
      return -add(p.map((v, c) => v * Math.log(soft(row, 2)[c]!)))
    })
    near(f64(distillation(s, t, options), at), appended)
    const old = rowsOf(env.s, 2, 3).map((row, i) => {
      const p = soft(env.t.slice(3 * i, 3 * i + 2), 2)
      return -add(p.map((v, c) => v * Math.log(soft(row.slice(0, 2), 2)[c]!)))
    })
    near(f64(distillation(s, t, { ...options, active: known }), at), old)
  })
  it('refuses a temperature that is none and logits of other shapes', () => {
    const options = { temperature: Number.NaN, timesSquare: true }
    expect(() => distillation(s, t, options)).toThrow('temperature must be a finite number above 0, got NaN')
    expect(() => distillation(s, input('t', [2, 4]), { ...options, temperature: 2 })).toThrow('got [2, 3] and [2, 4]')
  })
})

describe('the divergence of Gaussians', () => {
  const q = { mean: input('m', [2, 3]), logVariance: input('v', [2, 3]) }
  const p = { mean: input('pm', [2, 3]), logVariance: input('pv', [2, 3]) }
  const env = {
    m: [0, 0, 0, 1, -2, 0.5],
    v: [0, 0, 0, -1, 0.5, 2],
    pm: [0, 0, 0, 0.5, 0, 0.25],
    pv: [0, 0, 0, 1, -1, 0],
  }
  it('to the standard normal is ½ Σ (μ² + σ² − ln σ² − 1), and 0 for the standard normal', () => {
    const second = 0.5 * add([1 + Math.exp(-1) + 1 - 1, 4 + Math.exp(0.5) - 0.5 - 1, 0.25 + Math.exp(2) - 2 - 1])
    near(f64(gaussianDivergence(q), env), [0, second])
  })
  it('to a standard normal given as one row is the same as without it', () => {
    const standard = { mean: input('zero', [3]), logVariance: input('zero', [3]) }
    near(f64(gaussianDivergence(q, standard), { ...env, zero: [0, 0, 0] }), [...f64(gaussianDivergence(q), env)])
  })
  it('equals the integral of q ln(q/p), and is 0 only where both are the same', () => {
    const density = (x: number, m: number, v: number) =>
      Math.exp(-((x - m) ** 2) / (2 * Math.exp(v))) / Math.sqrt(2 * Math.PI * Math.exp(v))
    const integral = (i: number) => {
      let total = 0
      for (let x = -40; x <= 40; x += 1e-3) {
        const [a, b] = [density(x, env.m[i]!, env.v[i]!), density(x, env.pm[i]!, env.pv[i]!)]
        if (a > 1e-300 && b > 0) total += 1e-3 * a * Math.log(a / b)
      }
      return total
    }
    near(f64(gaussianDivergence(q, p), env), [0, integral(3) + integral(4) + integral(5)], 1e-9)
    near(f64(gaussianDivergence(p, p), env), [0, 0])
  })
  it('refuses shapes that do not belong together', () => {
    expect(() => gaussianDivergence({ mean: input('m', [2, 3]), logVariance: input('v', [3]) })).toThrow(
      'got [2, 3] and [3]',
    )
    expect(() => gaussianDivergence(q, { mean: input('a', [4]), logVariance: input('b', [4]) })).toThrow('[4]')
  })
})

describe('every loss', () => {
  it('compiles with its gradient to the bits of the reference', () => {
    const [z, t, a, y] = [input('z', [3, 5]), input('t', [3, 5]), input('a', [3, 5]), input('y', [3], 'i32')]
    const losses: Readonly<Record<string, Expr>> = {
      binarySum: binaryCrossEntropy(z, t, 'sum'),
      squared: meanSquaredError(z, t, 'mean'),
      smoothed: crossEntropy(z, labelSmoothing(y, { classes: 5, amount: 0.1, active: a }), a),
      distilled: distillation(z, t, { temperature: 2, timesSquare: true, active: a, teacherActive: a }),
      divergence: gaussianDivergence(
        { mean: z, logVariance: t },
        { mean: slice(stop(t), 0, [5]), logVariance: slice(z, 5, [5]) },
      ),
    }
    const env = {
      z: Array.from({ length: 15 }, (_, i) => ((i * 37) % 23) / 8 - 1),
      t: Array.from({ length: 15 }, (_, i) => ((i * 29) % 16) / 16),
      a: [1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0],
      y: [1, 4, 2],
    }
    for (const loss of Object.values(losses)) {
      const outputs = [loss, ...gradients(sum(loss), [z, t])]
      const values = evaluate(outputs, env, 'f32')
      compiled(outputs, env).forEach((v, i) => expect(bits(v)).toEqual(bits(values[i]!)))
    }
  })
})
