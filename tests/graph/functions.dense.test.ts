import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate, trace } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { lower } from '../../src/graph/lower.js'
import { cos, erf, exp, input, log, sigmoid, sin, step, tanh } from '../../src/graph/ops.js'

const joined = (x: Float32Array, last: number): Float32Array => {
  const out = new Float32Array(x.length + 1)
  out.set(x)
  out[x.length] = last
  return out
}

/** Every 10007th f32 from 0 to `far`, and `far`: some 200,000 for all of them; a prime, so that all bits take part. */
const dense = (far: number): Float32Array => {
  const end = new Int32Array(Float32Array.of(far).buffer)[0]!
  const bits = Int32Array.from({ length: Math.floor(end / 10007) + 1 }, (_, i) => i * 10007)
  return joined(new Float32Array(bits.buffer), far)
}

const chunk = 1 << 15

/** Values of the compiled function. */
const values = (f: (a: Expr) => Expr, x: Float32Array): Float32Array => {
  const program = compile({ updates: {}, outputs: { y: f(input('x', [chunk])) } }, createStore())
  const y = new Float32Array(x.length)
  for (let i = 0; i < x.length; i += chunk) {
    const fed = new Float32Array(chunk)
    fed.set(x.subarray(i, i + chunk))
    program.run({ x: fed })
    y.set(program.output('y').subarray(0, Math.min(chunk, x.length - i)), i)
  }
  return y
}

/** The error function to f64: in the reference evaluation, see the test of its own below. */
const erfTruth = (x: Float32Array): Float64Array => evaluate([erf(input('x', [x.length]))], { x }, 'f64')[0]!

const smallest = 2 ** -126
/** Distance in units in the last place of the truth; what is denormal may be 0. */
const units = (y: number, truth: number): number => {
  if (Math.abs(truth) < smallest && y === 0) return 0
  return Math.abs(y - truth) / 2 ** (Math.floor(Math.log2(Math.max(Math.abs(truth), smallest))) - 23)
}
const worst = (y: Float32Array, truth: ArrayLike<number>): number =>
  y.reduce((w, v, i) => Math.max(w, units(v, truth[i]!)), 0)
const bits = (x: Float32Array): Int32Array => new Int32Array(x.buffer, x.byteOffset, x.length)
/** How many elements are not the same; to compare arrays of this length with `toEqual` takes minutes when it fails. */
const different = (a: Int32Array, b: Int32Array): number => a.reduce((n, v, i) => n + (v === b[i] ? 0 : 1), 0)
const signTurned = (x: Int32Array): Int32Array => x.map((b) => b ^ -(2 ** 31))
const mirrored = (x: Float32Array): Float32Array => x.map((v) => -v)
const largest = 3.4028234663852886e38

describe('tanh, sigmoid and erf in f32, over a dense choice of all numbers', () => {
  const x = dense(largest)
  it('are within 1.4, 2.5 and 1.3 units in the last place', () => {
    expect(worst(values(tanh, x), Float64Array.from(x, Math.tanh))).toBeLessThanOrEqual(1.4)
    expect(worst(values(erf, x), erfTruth(x))).toBeLessThanOrEqual(1.3)
    const logistic = (v: number): number => 1 / (1 + Math.exp(-v))
    expect(worst(values(sigmoid, x), Float64Array.from(x, logistic))).toBeLessThanOrEqual(1.5)
    const negative = mirrored(dense(87))
    expect(worst(values(sigmoid, negative), Float64Array.from(negative, logistic))).toBeLessThanOrEqual(2.5)
  })

  it('tanh and erf are odd to the bit, with −0, infinities and denormal numbers', () => {
    for (const f of [tanh, erf]) {
      const given = joined(x, Number.POSITIVE_INFINITY)
      const [right, left] = [bits(values(f, given)), bits(values(f, mirrored(given)))]
      expect(different(left, signTurned(right))).toBe(0)
      expect(right[0]).toBe(0)
      expect(values(f, Float32Array.of(Number.POSITIVE_INFINITY))[0]).toBe(1)
    }
  })

  it('rise, erf but for steps of one unit in the last place', () => {
    const falls = (y: Float32Array): number => y.reduce((n, v, i) => n + (i > 0 && v < y[i - 1]! ? 1 : 0), 0)
    expect(falls(values(tanh, x))).toBe(0)
    expect(falls(values(sigmoid, x))).toBe(0)
    expect(falls(values(sigmoid, mirrored(x).reverse()))).toBe(0)
    const y = values(erf, x)
    expect(y.every((v, i) => i === 0 || v >= y[i - 1]! - 2 ** -24)).toBe(true)
  })

  it('end at 0 and 1: sigmoid without a denormal number or an overflow on the left', () => {
    const at = Float32Array.of(-Infinity, -largest, -1000, -88, -87.00001, -87, 0, 20, 89, 1000, largest, Infinity)
    const y = values(sigmoid, at)
    expect([...y.slice(0, 5)]).toEqual([0, 0, 0, 0, 0])
    expect(units(y[5]!, 1 / (1 + Math.exp(87)))).toBeLessThan(2.5)
    expect([...y.slice(6)]).toEqual([0.5, 1, 1, 1, 1, 1])
    expect(values(sigmoid, mirrored(x)).every((v) => v === 0 || v >= smallest)).toBe(true)
  })
})

describe('erf in f64', () => {
  it('is mpmath.erf', () => {
    const known: readonly (readonly [number, number])[] = [
      [1e-5, 1.1283791670579e-5],
      [0.5, 0.5204998778130465],
      [1.25, 0.9229001282564583],
      [-2, -0.9953222650189527],
      [3.5, 0.9999992569016276],
      [5, 0.9999999999984626],
      [7, 1],
    ]
    for (const [x, y] of known)
      expect(Math.abs(evaluate([erf(input('x'))], { x }, 'f64')[0]![0]! / y - 1)).toBeLessThan(2e-15)
  })
})

describe('sin and cos in f32, over a dense choice of the numbers up to 6433', () => {
  const x = dense(6433)
  it('are within 2.5 units in the last place', () => {
    expect(worst(values(sin, x), Float64Array.from(x, Math.sin))).toBeLessThanOrEqual(2.5)
    expect(worst(values(cos, x), Float64Array.from(x, Math.cos))).toBeLessThanOrEqual(2.5)
  })

  it('are odd and even to the bit', () => {
    expect(different(bits(values(sin, mirrored(x))), signTurned(bits(values(sin, x))))).toBe(0)
    expect(different(bits(values(cos, mirrored(x))), bits(values(cos, x)))).toBe(0)
  })

  it('are exact to the same number of units next to multiples of π/2, where results are near 0', () => {
    const near = Float32Array.from({ length: 4 * 4096 }, (_, i) => {
      const at = Math.fround((Math.floor(i / 4) * Math.PI) / 2)
      const next = new Int32Array(Float32Array.of(at).buffer)
      next[0]! += i % 2
      return new Float32Array(next.buffer)[0]!
    }).filter((v) => v <= 6433)
    expect(worst(values(sin, near), Float64Array.from(near, Math.sin))).toBeLessThanOrEqual(2.5)
    expect(worst(values(cos, near), Float64Array.from(near, Math.cos))).toBeLessThanOrEqual(2.5)
  })

  it('have the value of the end of the range beyond it, infinities too', () => {
    const [up, down] = [Float32Array.of(6433, 6500, 1e30, largest, Infinity), Float32Array.of(-6433, -1e30, -Infinity)]
    for (const y of [values(sin, up), values(cos, up), values(sin, down), values(cos, down)]) {
      expect(Math.abs(y[0]!)).toBeLessThan(1)
      expect(y.every((v) => v === y[0])).toBe(true)
    }
  })
})

const functions = { tanh, sigmoid, erf, sin, cos }

describe.each(Object.entries(functions))('%s', (_name, f) => {
  it('lets NaN through and compiles to the bits of its reference, tail elements as well', () => {
    const x = Float32Array.of(
      Number.NaN,
      0,
      -0,
      1e-40,
      -1e-40,
      1e-20,
      0.3,
      -0.7,
      2,
      -3.5,
      8.9,
      -60,
      90,
      Infinity,
      -Infinity,
    )
    const y = input('x', [x.length])
    const program = compile({ updates: {}, outputs: { y: f(y) } }, createStore())
    program.run({ x })
    const reference = evaluate([f(y)], { x }, 'f32')[0]!
    expect([...bits(program.output('y')).slice(1)]).toEqual([...bits(reference).slice(1)])
    expect([program.output('y')[0], reference[0]]).toEqual([Number.NaN, Number.NaN])
    expect(evaluate([f(input('x'))], { x: Number.NaN }, 'f64')[0]![0]).toBeNaN()
  })

  it('computes no denormal number on the way, for every number that is none itself', () => {
    const x = dense(largest).filter((v) => v >= 2 ** -120)
    for (const given of [x, mirrored(x)]) {
      const seen = trace(lower([f(input('x', [x.length]))]), { x: given }, 'f32')
      for (const [e, v] of seen)
        if (!v.every((a) => a === 0 || !(Math.abs(a) < smallest)))
          throw new Error(`${e.op.name} gives a denormal number`)
    }
  })
})

describe('step', () => {
  it('is 1 above 0 and 0 elsewhere, NaN included', () => {
    const x = [1e-30, 2, 0, -0, -3, Number.NaN, Infinity]
    expect([...evaluate([step(input('x', [7]))], { x }, 'f32')[0]!]).toEqual([1, 1, 0, 0, 0, 0, 1])
  })
})

describe('exp and log in f32, over a dense choice of all numbers', () => {
  it('are within 1 and 1 units in the last place where they are inside of their range', () => {
    const grown = dense(87.9)
    expect(worst(values(exp, grown), Float64Array.from(grown, Math.exp))).toBeLessThanOrEqual(1)
    const shrunk = mirrored(dense(87))
    expect(worst(values(exp, shrunk), Float64Array.from(shrunk, Math.exp))).toBeLessThanOrEqual(1)
    const positive = dense(largest).slice(1)
    expect(worst(values(log, positive), Float64Array.from(positive, Math.log))).toBeLessThanOrEqual(1)
  })
})
