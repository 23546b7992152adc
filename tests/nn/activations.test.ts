import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, mul, sum } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { activation, type ActivationName, activations } from '../../src/nn/activation.js'
import { crelu, creluLayer } from '../../src/nn/activations/crelu.js'
import { elu } from '../../src/nn/activations/elu.js'
import { kWinners, kWinnersLayer } from '../../src/nn/activations/kWinners.js'
import { leakyRelu } from '../../src/nn/activations/leakyRelu.js'
import { prelu, preluLayer } from '../../src/nn/activations/prelu.js'
import { fastSigmoid, logisticSurrogate, step, straightThrough } from '../../src/nn/activations/step.js'
import { swish, swishLayer } from '../../src/nn/activations/swish.js'
import { softmax } from '../../src/nn/loss.js'
import { stack } from '../../src/nn/stack.js'
import { key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'

const names: readonly ActivationName[] = [
  'identity',
  'step',
  'relu',
  'leakyRelu',
  'elu',
  'sigmoid',
  'tanh',
  'softmax',
  'gelu',
  'geluTanh',
  'silu',
]
const grid = fc.integer({ min: -8192, max: 8192 }).map((k) => k / 1024)
const rows = fc.array(grid, { minLength: 1, maxLength: 9 })
const nameOf = (name: string): ActivationName => names.find((n) => n === name) ?? 'identity'
const logistic = (x: number) => 1 / (1 + Math.exp(-x))
const apply = (f: (x: Expr) => Expr, x: readonly number[], precision: 'f32' | 'f64' = 'f64'): readonly number[] => {
  const y = [f(input('x', [1, x.length]))]
  return [...(precision === 'f32' ? evaluate(y, { x }, 'f32') : evaluate(y, { x }, 'f64'))[0]!]
}
const slope = (f: (x: Expr) => Expr, at: readonly number[]) => {
  const x = input('x', [1, at.length])
  return [...evaluate(gradients(sum(f(x)), [x]), { x: at }, 'f64')[0]!]
}

describe('the table of activation functions', () => {
  it('is the list in this file', () => {
    expect(Object.keys(activations)).toEqual(names)
  })

  it('for every row, gives what the formulas give', () => {
    const formulas: Readonly<Partial<Record<ActivationName, (x: number) => number>>> = {
      identity: (x) => x,
      step: (x) => (x > 0 ? 1 : 0),
      relu: (x) => Math.max(x, 0),
      leakyRelu: (x) => (x > 0 ? x : Math.fround(0.01) * x),
      elu: (x) => (x > 0 ? x : Math.exp(x) - 1),
      sigmoid: logistic,
      tanh: Math.tanh,
      silu: (x) => x * logistic(x),
      geluTanh: (x) =>
        (x / 2) * (1 + Math.tanh(Math.fround(Math.sqrt(2 / Math.PI)) * (x + Math.fround(0.044715) * x ** 3))),
    }
    fc.assert(
      fc.property(rows, (x) => {
        for (const [name, formula] of Object.entries(formulas)) {
          const layer = activation(nameOf(name))
          apply((e) => layer([x.length]).apply(e, { own: block0, kept: block0 }).value, x).forEach((y, i) => {
            expect(Math.abs(y - formula(x[i]!))).toBeLessThan(1e-12 * Math.max(1, Math.abs(x[i]!)))
          })
        }
      }),
    )
  })

  it('gelu equals x·NormalDist().cdf(x) of Python 3.11', () => {
    const known = [
      [-3, -0.00404969409489031],
      [-1, -0.15865525393145707],
      [-0.5, -0.15426876936299344],
      [0.25, 0.14967658142073093],
      [1, 0.8413447460685429],
      [2.5, 2.4844758366855597],
    ] as const
    const y = apply(
      activations.gelu,
      known.map(([x]) => x),
    )
    // √½ is a literal, so it is the f32 next to it, also in f64
    known.forEach(([, wanted], i) => expect(Math.abs(y[i]! - wanted)).toBeLessThan(1e-7))
  })

  it('the two forms of gelu are at most 0.0005 apart, and not the same', () => {
    const x = Array.from({ length: 8001 }, (_, i) => (i - 4000) / 500)
    const [a, b] = [apply(activations.gelu, x), apply(activations.geluTanh, x)]
    const apart = a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0)
    expect(apart).toBeLessThan(0.0005)
    expect(apart).toBeGreaterThan(0.0004)
  })

  it('for every x, f(x) − f(−x) = x for gelu, geluTanh and silu', () => {
    fc.assert(
      fc.property(rows, (x) => {
        for (const f of [activations.gelu, activations.geluTanh, activations.silu]) {
          const [up, down] = [
            apply(f, x),
            apply(
              f,
              x.map((v) => -v),
            ),
          ]
          x.forEach((v, i) => expect(Math.abs(up[i]! - down[i]! - v)).toBeLessThan(1e-12 * Math.max(1, Math.abs(v))))
        }
      }),
    )
  })

  it('softmax runs over the last axis of images, and a shift of a pixel’s channels changes nothing', () => {
    fc.assert(
      fc.property(fc.array(grid, { minLength: 12, maxLength: 12 }), grid, (x, shift) => {
        const shape = [1, 2, 2, 3]
        const of = (values: readonly number[]) =>
          evaluate([activations.softmax(input('x', shape))], { x: values }, 'f64')[0]!
        const y = of(x)
        const moved = of(x.map((v, i) => (i < 3 ? v + shift : v)))
        y.forEach((v, i) => expect(Math.abs(v - moved[i]!)).toBeLessThan(1e-12))
        const flat = evaluate([softmax(input('x', [4, 3]))], { x }, 'f64')[0]!
        expect([...y]).toEqual([...flat])
      }),
    )
  })

  it('lets NaN through, so that divergence is seen', () => {
    for (const name of names)
      if (name !== 'softmax')
        expect([name, ...apply(activations[name], [Number.NaN], 'f32')]).toEqual([name, Number.NaN])
    expect([...apply((x) => leakyRelu(x, 0.5), [Number.NaN], 'f32')]).toEqual([Number.NaN])
    expect([...apply((x) => prelu(x, x), [Number.NaN], 'f32')]).toEqual([Number.NaN])
    expect([...apply((x) => swish(x, 2), [Number.NaN], 'f32')]).toEqual([Number.NaN])
  })

  it('stays finite with finite derivatives at large arguments', () => {
    for (const name of names) {
      const x = [-1e4, -100, 100, 1e4]
      expect([...apply(activations[name], x, 'f32')].every(Number.isFinite)).toBe(true)
      expect(slope(activations[name], x).every(Number.isFinite)).toBe(true)
    }
  })

  it('compiles with its gradient to the bits of the reference', () => {
    const w = input('w', [3, 7])
    const env = {
      x: Array.from({ length: 21 }, (_, i) => (((i * 37) % 23) - 11) / 3),
      w: Array.from({ length: 21 }, (_, i) => ((i * 29) % 19) / 8 - 1),
    }
    for (const f of Object.values(activations)) {
      const x = input('x', [3, 7])
      const y = f(x)
      const outputs = [y, ...gradients(sum(mul(y, w)), [x])]
      const values = evaluate(outputs, env, 'f32')
      compiled(outputs, env).forEach((v, i) => expect(bits(v)).toEqual(bits(values[i]!)))
    }
  })
})

const block0 = (name: string): Expr => block(name, [1])

describe('derivatives at 0 and beside it', () => {
  it('are those the docstrings promise', () => {
    expect(slope(activations.relu, [-1, 0, 1])).toEqual([0, 0, 1])
    expect(slope((x) => leakyRelu(x, 0.25), [-1, 0, 1])).toEqual([0.25, 0.25, 1])
    expect(slope((x) => elu(x, 2), [0, 1])).toEqual([2, 1])
    expect(slope((x) => prelu(x, input('x', [1, 3])), [-1, 0, 1]).slice(2)).toEqual([1])
    expect(slope(activations.step, [-1, 0, 1])).toEqual([0, 0, 0])
  })
  it('of a step are those of its surrogate: 1/(1 + k|x|)², kσ(1 − σ), or 1 inside of ±1', () => {
    const at = [-2, -0.5, 0, 0.25, 3]
    slope((x) => step(x, fastSigmoid(25)), at).forEach((g, i) =>
      expect(g).toBeCloseTo(1 / (1 + 25 * Math.abs(at[i]!)) ** 2, 12),
    )
    slope((x) => step(x, logisticSurrogate(4)), at).forEach((g, i) => {
      const s = logistic(4 * at[i]!)
      expect(g).toBeCloseTo(4 * s * (1 - s), 12)
    })
    expect(slope((x) => step(x, straightThrough), at)).toEqual([0, 1, 1, 1, 0])
    expect([...apply((x) => step(x, fastSigmoid(25)), at)]).toEqual([0, 0, 0, 1, 1])
  })
})

describe('crelu', () => {
  it('for every row, is twice as wide, its halves differ by x and add up to |x|', () => {
    fc.assert(
      fc.property(rows, (x) => {
        const y = apply(crelu, x)
        expect(y.length).toBe(2 * x.length)
        x.forEach((v, i) => {
          expect(y[i]! - y[x.length + i]!).toBe(v)
          expect(y[i]! + y[x.length + i]!).toBe(Math.abs(v))
        })
      }),
    )
  })
  it('as a layer doubles the last axis, of images too', () => {
    const layer = creluLayer()([2, 2, 3])
    expect(layer.shape).toEqual([2, 2, 6])
    const x = Array.from({ length: 12 }, (_, i) => i - 5.5)
    const { value } = layer.apply(input('x', [1, 2, 2, 3]), { own: block0, kept: block0 })
    expect(value.shape).toEqual([1, 2, 2, 6])
    expect([...evaluate([value], { x }, 'f32')[0]!.slice(0, 6)]).toEqual([0, 0, 0, 5.5, 4.5, 3.5])
  })
})

describe('k winners', () => {
  const cases = fc
    .record({ n: fc.integer({ min: 1, max: 4 }), m: fc.integer({ min: 1, max: 9 }), ties: fc.boolean() })
    .chain(({ n, m, ties }) =>
      fc.record({
        n: fc.constant(n),
        m: fc.constant(m),
        k: fc.integer({ min: 1, max: m }),
        x: fc.array(ties ? fc.constantFrom(1, 2) : grid.map((v) => v + 9), { minLength: n * m, maxLength: n * m }),
      }),
    )

  it('for every row, ties or not, keeps exactly k, none smaller than one it drops, the first of equals', () => {
    fc.assert(
      fc.property(cases, ({ n, m, k, x }) => {
        const y = evaluate([kWinners(input('x', [n, m]), k)], { x }, 'f32')[0]!
        for (let i = 0; i < n; i++) {
          const row = x.slice(i * m, (i + 1) * m)
          // all entries are positive, so 0 means dropped
          const won = row.map((_, j) => y[i * m + j] !== 0)
          expect(won.filter((v) => v).length).toBe(k)
          row.forEach((v, j) => {
            if (won[j]) expect(y[i * m + j]).toBe(Math.fround(v))
            row.forEach((other, o) => {
              if (won[j] && !won[o]) expect(v > other || (v === other && j < o)).toBe(true)
            })
          })
        }
      }),
    )
  })
  it('sends gradients to winners alone', () => {
    expect(slope((x) => kWinners(x, 2), [3, -1, 5, 3, 4])).toEqual([0, 0, 1, 0, 1])
    expect(slope((x) => kWinners(x, 3), [3, -1, 5, 3, 4])).toEqual([1, 0, 1, 0, 1])
  })
  it('refuses to keep more units than there are', () => {
    expect(() => kWinners(input('x', [2, 3]), 4)).toThrow('rows of 4 entries or more, got [2, 3]')
    expect(() => kWinners(input('x', [2, 3]), 0)).toThrow('k must be a whole number from 1, got 0')
  })
})

describe('layers that learn their activation function', () => {
  it('start at x·σ(x) and at slope 0.25, with one number for the layer or one for each unit', () => {
    const one = stack([4], [swishLayer(), preluLayer()])
    expect(one.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['swish0/beta', [1]],
      ['prelu0/slope', [1]],
    ])
    expect([...one.initialise(key(1))]).toEqual([1, 0.25])
    const each = stack([3, 3, 2], [swishLayer({ per: 'unit', beta: 2 }), preluLayer({ per: 'unit', slope: 0.5 })])
    expect(each.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['swish0/beta', [2]],
      ['prelu0/slope', [2]],
    ])
    expect([...each.initialise(key(1))]).toEqual([2, 2, 0.5, 0.5])
  })
  it('give each unit its own number, the same at all pixels', () => {
    const net = stack([1, 2, 2], [preluLayer({ per: 'unit' })])
    const { logits } = net.apply(block('p', [2]), input('x', [1, 4]))
    expect([...evaluate([logits], { p: [0.5, 0.25], x: [-4, -4, -8, 8] }, 'f32')[0]!]).toEqual([-2, -1, -4, 8])
  })
  it('are seen by probes under the name of the layer before', () => {
    const net = stack([2], [swishLayer(), kWinnersLayer({ k: 1 }), activation('tanh'), creluLayer()])
    const { activations: seen } = net.apply(block('p', [1]), input('x', [3, 2]))
    expect(seen.map(({ value }) => value.shape)).toEqual([
      [3, 2],
      [3, 2],
      [3, 2],
      [3, 4],
    ])
  })
})

describe('activation', () => {
  it('takes a function of one’s own, and refuses one that changes the shape', () => {
    const layer = activation((x) => leakyRelu(x, 0.2))([2])
    expect(layer.isActivation).toBe(true)
    const { value } = layer.apply(input('x', [1, 2]), { own: block0, kept: block0 })
    expect([...evaluate([value], { x: [-1, 5] }, 'f32')[0]!]).toEqual([Math.fround(-0.2), 5])
    const wider = activation(crelu)([2])
    expect(() => wider.apply(input('x', [1, 2]), { own: block0, kept: block0 })).toThrow(
      'the function makes [1, 4] of [1, 2]; it must keep the shape',
    )
    expect(sizeOf(value.shape)).toBe(2)
  })
})
