import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, mul, sum } from '../../src/graph/ops.js'
import { layerNorm, layerNormalisation } from '../../src/nn/layerNorm.js'
import { stack } from '../../src/nn/stack.js'
import { key } from '../../src/random/key.js'

const bits = (x: ArrayLike<number>): readonly number[] => [...new Int32Array(Float32Array.from(x).buffer)]
const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024)
const list = (n: number) => fc.array(grid, { minLength: n, maxLength: n })
const cases = fc
  .record({ m: fc.integer({ min: 1, max: 5 }), n: fc.integer({ min: 1, max: 11 }) })
  .chain(({ m, n }) =>
    fc.record({ m: fc.constant(m), n: fc.constant(n), x: list(m * n), gain: list(n), bias: list(n), w: list(m * n) }),
  )
const build = (m: number, n: number) => {
  const [x, gain, bias] = [input('x', [m, n]), input('gain', [n]), input('bias', [n])]
  const y = layerNorm(x, gain, bias)
  return { x, gain, bias, y, loss: sum(mul(y, input('w', [m, n]))) }
}

describe('layerNorm', () => {
  it('is (x − mean) / √(variance + 1e-5) · gain + bias for each row, for all rows', () => {
    fc.assert(
      fc.property(cases, ({ m, n, x, gain, bias }) => {
        const [values] = evaluate([build(m, n).y], { x, gain, bias }, 'f64')
        for (let i = 0; i < m; i++) {
          const row = x.slice(i * n, (i + 1) * n)
          const average = row.reduce((a, v) => a + v, 0) / n
          const variance = row.reduce((a, v) => a + (v - average) ** 2, 0) / n
          row.forEach((v, j) => {
            const truth = ((v - average) / Math.sqrt(variance + 1e-5)) * gain[j]! + bias[j]!
            // The graph's epsilon is the f32 next to 1e-5, which matters where the variance is 0.
            expect(Math.abs(values![i * n + j]! - truth)).toBeLessThan(1e-7 * Math.max(1, Math.abs(truth)))
          })
        }
      }),
    )
  })

  it('has the derivatives of the closed form in x, gain and bias, for all rows', () => {
    fc.assert(
      fc.property(cases, ({ m, n, x, gain, bias, w }) => {
        const g = build(m, n)
        const env = { x, gain, bias, w }
        const [dx, dGain, dBias] = evaluate(gradients(g.loss, [g.x, g.gain, g.bias]), env, 'f64')
        const [toGain, toBias] = [new Float64Array(n), new Float64Array(n)]
        for (let i = 0; i < m; i++) {
          const row = x.slice(i * n, (i + 1) * n)
          const average = row.reduce((a, v) => a + v, 0) / n
          const deviation = Math.sqrt(row.reduce((a, v) => a + (v - average) ** 2, 0) / n + Math.fround(1e-5))
          const z = row.map((v) => (v - average) / deviation)
          const d = z.map((_, j) => w[i * n + j]! * gain[j]!)
          const meanD = d.reduce((a, v) => a + v, 0) / n
          const meanDz = d.reduce((a, v, j) => a + v * z[j]!, 0) / n
          z.forEach((v, j) => {
            toGain[j]! += w[i * n + j]! * v
            toBias[j]! += w[i * n + j]!
            const truth = (d[j]! - meanD - v * meanDz) / deviation
            expect(Math.abs(dx![i * n + j]! - truth)).toBeLessThan(1e-7 * Math.max(1, Math.abs(d[j]! / deviation)))
          })
        }
        toGain.forEach((truth, j) => {
          expect(Math.abs(dGain![j]! - truth)).toBeLessThan(1e-9 * Math.max(1, m * 4))
        })
        toBias.forEach((truth, j) => {
          expect(dBias![j]).toBeCloseTo(truth, 9)
        })
      }),
    )
  })

  it('has the derivatives that f64 differences show', () => {
    const [m, n] = [3, 5]
    const g = build(m, n)
    const env: Record<string, readonly number[]> = {
      x: Array.from({ length: m * n }, (_, i) => ((i * 37) % 23) / 8 - 1),
      gain: [0.5, -1, 2, 1, 0.25],
      bias: [0, 1, -1, 0.5, 2],
      w: Array.from({ length: m * n }, (_, i) => ((i * 29) % 19) / 8 - 1),
    }
    const analytic = evaluate(gradients(g.loss, [g.x, g.gain, g.bias]), env, 'f64')
    ;['x', 'gain', 'bias'].forEach((name, k) => {
      analytic[k]!.forEach((a, i) => {
        const at = (step: number): number =>
          evaluate([g.loss], { ...env, [name]: env[name]!.map((v, j) => (j === i ? v + step : v)) }, 'f64')[0]![0]!
        expect(Math.abs((at(1e-5) - at(-1e-5)) / 2e-5 - a)).toBeLessThan(1e-7)
      })
    })
  })

  it('compiles with its gradients to the bits of the reference, constant rows included, in at most 18 kernels', () => {
    fc.assert(
      fc.property(cases, ({ m, n, x, gain, bias, w }) => {
        const g = build(m, n)
        const [dx, dGain, dBias] = gradients(g.loss, [g.x, g.gain, g.bias])
        const outputs = { y: g.y, dx: dx!, dGain: dGain!, dBias: dBias! }
        const constant = [...x.slice(n), ...new Array<number>(n).fill(0.7)]
        const program = compile({ updates: {}, outputs }, createStore())
        for (const rows of [x, constant]) {
          const env = { x: rows, gain, bias, w }
          program.run(env)
          const values = evaluate(Object.values(outputs), env, 'f32')
          Object.keys(outputs).forEach((name, i) => {
            expect(bits(program.output(name))).toEqual(bits(values[i]!))
          })
        }
        expect(program.plan.kernels.length).toBeLessThanOrEqual(18)
      }),
      { numRuns: 40 },
    )
  }, 30_000)

  it('gives a constant row its bias', () => {
    const values = evaluate([build(1, 4).y], { x: [3, 3, 3, 3], gain: [1, 2, 3, 4], bias: [5, 6, 7, 8] }, 'f32')[0]!
    expect([...values]).toEqual([5, 6, 7, 8])
  })

  it('refuses a gain or a bias of another length, and what is not rows', () => {
    const x = input('x', [3, 4])
    expect(() => layerNorm(x, input('gain', [3]), input('bias', [4]))).toThrow('got [3, 4] and [3] and [4]')
    expect(() => layerNorm(x, input('gain', [4]), input('bias', [1]))).toThrow('layerNorm')
    expect(() => layerNorm(input('x', [4]), input('gain', [4]), input('bias', [4]))).toThrow('layerNorm')
  })
})

describe('layerNormalisation', () => {
  const x = Array.from({ length: 12 }, (_, i) => ((i * 37) % 23) / 8 - 1)
  const normalised = (values: readonly number[], epsilon: number) => {
    const average = values.reduce((a, v) => a + v, 0) / values.length
    const variance = values.reduce((a, v) => a + (v - average) ** 2, 0) / values.length
    return values.map((v) => (v - average) / Math.sqrt(variance + epsilon))
  }
  const of = (options: Parameters<typeof layerNormalisation>[0]) => {
    const net = stack([2, 2, 3], [layerNormalisation(options)])
    const units = net.layout.size / 2
    const p = Float64Array.from({ length: 2 * units }, (_, i) => (i < units ? 1 + i : i / 4))
    const { logits } = net.apply(block('p', [net.layout.size]), input('x', [1, 12]))
    const affine = (v: readonly number[]) => v.map((z, i) => z * p[i % units]! + p[units + (i % units)]!)
    return { units, affine, y: evaluate([logits], { p, x }, 'f64')[0]! }
  }

  it('normalises each position over its channels, or the whole example, with a gain and a bias for what it runs over', () => {
    const last = of({})
    expect(last.units).toBe(3)
    const all = of({ over: 'all', epsilon: 0.5 })
    expect(all.units).toBe(12)
    const each = [0, 3, 6, 9].flatMap((i) => last.affine(normalised(x.slice(i, i + 3), Math.fround(1e-5))))
    each.forEach((truth, i) => {
      expect(last.y[i]).toBeCloseTo(truth, 10)
    })
    all.affine(normalised(x, 0.5)).forEach((truth, i) => {
      expect(all.y[i]).toBeCloseTo(truth, 10)
    })
  })

  it('does not change when a row is shifted or scaled up, but for epsilon', () => {
    const net = stack([4], [layerNormalisation({ epsilon: 1e-12 })])
    const { logits } = net.apply(block('p', [8]), input('x', [2, 4]))
    const p = [1, 2, 3, 4, 0, 1, 0, 1]
    const row = [1, -2, 0.5, 4]
    const y = evaluate([logits], { p, x: [...row, ...row.map((v) => 64 * v + 10)] }, 'f64')[0]!
    for (let i = 0; i < 4; i++) expect(y[4 + i]).toBeCloseTo(y[i]!, 9)
  })

  it('starts with gain 1 and bias 0', () => {
    expect([...stack([2], [layerNormalisation()]).initialise(key(1))]).toEqual([1, 1, 0, 0])
  })
})
