import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input } from '../../src/graph/ops.js'
import { adam } from '../../src/optim/adam.js'
import { initialSlot, type Optimiser } from '../../src/optim/optimiser.js'
import { sgd } from '../../src/optim/sgd.js'

const grid = fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024 + 1 / 2048)

/** Runs an optimiser over a list of gradients of one parameter, in f64. */
const trajectory = (optimiser: Optimiser, start: number, gradients: readonly number[]): readonly number[] => {
  const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(1))]))
  const stepped = optimiser.update({ gradient: input('g', [1]), params: block('p', [1]), slots })
  let env: Record<string, ArrayLike<number>> = {
    p: [start],
    ...Object.fromEntries(optimiser.slots.map((s) => [s.name, [s.init]])),
  }
  return gradients.map((g) => {
    const names = ['p', ...Object.keys(stepped.slots)]
    const values = evaluate([stepped.params, ...Object.values(stepped.slots)], { ...env, g: [g] }, 'f64')
    env = Object.fromEntries(names.map((name, i) => [name, values[i]!]))
    return values[0]![0]!
  })
}

describe('optimisers', () => {
  it('sgd subtracts rate times gradient', () => {
    expect(trajectory(sgd({ rate: 0.5 }), 3, [2, -1])).toEqual([2, 2.5])
  })
  it('adam equals its closed recurrence with powers by pow, for every gradient sequence', () => {
    fc.assert(
      fc.property(fc.array(grid, { minLength: 1, maxLength: 12 }), (gradients) => {
        const got = trajectory(adam({ rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }), 1, gradients)
        const f = Math.fround
        let [p, m, v] = [1, 0, 0]
        gradients.forEach((g, i) => {
          m = f(0.9) * m + f(1 - 0.9) * g
          v = f(0.999) * v + f(1 - 0.999) * g * g
          p -= (f(0.1) * (m / (1 - f(0.9) ** (i + 1)))) / (Math.sqrt(v / (1 - f(0.999) ** (i + 1))) + f(1e-8))
          expect(got[i]).toBeCloseTo(p, 9)
        })
      }),
    )
  })
  it("adam's first step has the size of the rate, whatever the gradient's scale", () => {
    for (const g of [1e-3, 1, 1e3])
      expect(1 - trajectory(adam({ rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-12 }), 1, [g])[0]!).toBeCloseTo(
        0.01,
        6,
      )
  })
  it('moments hold no denormal after 2000 steps with vanished gradients', () => {
    const n = 64
    const optimiser = adam({ rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
    const store = createStore()
    store.block('p', [n])
    for (const s of optimiser.slots) {
      store.block(s.name, s.shape(n))
      store.write(s.name, initialSlot(s, new Float32Array(n)))
    }
    const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(n))]))
    const { params, slots: next } = optimiser.update({ gradient: input('g', [n]), params: block('p', [n]), slots })
    const program = compile({ updates: { p: params, ...next }, outputs: {} }, store)
    program.run({ g: Float32Array.from({ length: n }, (_, i) => 10 ** (-i / 2)) })
    for (let i = 0; i < 2000; i++) program.run({ g: new Float32Array(n) })
    for (const name of ['p', 'm', 'v', 'power1', 'power2'])
      for (const value of store.read(name)) expect(value === 0 || Math.abs(value) >= 2 ** -126).toBe(true)
  })
})
