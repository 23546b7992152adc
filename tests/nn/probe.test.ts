import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { layout } from '../../src/graph/layout.js'
import { input } from '../../src/graph/ops.js'
import { type ActivationStatistics, activationStatistics, gradientNorms } from '../../src/nn/probe.js'
import { bits, compiled } from '../support/compiled.js'

const values = ({ mean, deviation, zeros, dead, sparsity }: ActivationStatistics) => [
  mean,
  deviation,
  zeros,
  dead,
  sparsity,
]
const of = (shape: readonly number[], rows: ArrayLike<number>, weights?: readonly number[]) => {
  const [made] = activationStatistics(
    { activations: [{ name: 'a', value: input('a', shape) }] },
    weights === undefined ? undefined : input('w', [weights.length]),
  )
  const env = { a: rows, ...(weights === undefined ? {} : { w: weights }) }
  const all = values(made!)
  const truth = evaluate(all, env, 'f32')
  compiled(all, env).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
  const at = (i: number): number => truth[i]![0]!
  return { mean: at(0), deviation: at(1), zeros: at(2), dead: at(3), sparsity: at(4) }
}
const grid = fc.constantFrom<number>(-2, -0.5, 0, 0, 0, 0.25, 1, 3)
const cases = fc
  .record({
    n: fc.integer({ min: 1, max: 4 }),
    positions: fc.integer({ min: 1, max: 3 }),
    units: fc.integer({ min: 2, max: 5 }),
  })
  .chain((s) => {
    const size = s.n * s.positions * s.units
    return fc.record({ s: fc.constant(s), rows: fc.array(grid, { minLength: size, maxLength: size }) })
  })

describe('statistics of activations', () => {
  it('are those of the definitions, over all positions of a row', () => {
    fc.assert(
      fc.property(cases, ({ s, rows }) => {
        const made = of(s.positions === 1 ? [s.n, s.units] : [s.n, s.positions, s.units], rows)
        const mean = rows.reduce((a, b) => a + b, 0) / rows.length
        const unit = (u: number) => rows.filter((_, i) => i % s.units === u)
        const sparse = Array.from({ length: rows.length / s.units }, (_, i) =>
          rows.slice(i * s.units, (i + 1) * s.units),
        )
          .filter((row) => row.some((v) => v !== 0))
          .map((row) => {
            const [sum, squares] = [row.reduce((a, v) => a + Math.abs(v), 0), row.reduce((a, v) => a + v * v, 0)]
            return (1 - (sum * sum) / (s.units * squares)) / (1 - 1 / s.units)
          })
        expect(made.mean).toBeCloseTo(mean, 5)
        expect(made.deviation).toBeCloseTo(Math.sqrt(rows.reduce((a, v) => a + (v - mean) ** 2, 0) / rows.length), 5)
        expect(made.zeros).toBeCloseTo(rows.filter((v) => v === 0).length / rows.length, 6)
        const dead = Array.from({ length: s.units }, (_, u) => u).filter((u) => unit(u).every((v) => v === 0)).length
        expect(made.dead).toBeCloseTo(dead / s.units, 6)
        if (sparse.length === 0) expect(made.sparsity).toBeNaN()
        else expect(made.sparsity).toBeCloseTo(sparse.reduce((a, b) => a + b, 0) / sparse.length, 5)
      }),
      { numRuns: 40 },
    )
  })

  it('do not see rows of weight 0, whatever these hold and wherever they are', () => {
    const bare = of([2, 2, 3], [1, 0, -1, 2, 0, 0, 3, 0, 1, -2, 0, 0])
    const filler = [Number.NaN, Number.POSITIVE_INFINITY, 1e30, 7, 7, 7]
    const filled = of([4, 2, 3], [...filler, 1, 0, -1, 2, 0, 0, ...filler, 3, 0, 1, -2, 0, 0], [0, 1, 0, 2])
    expect(filled.dead).toBe(bare.dead)
    expect(filled.zeros).toBe(bare.zeros)
    for (const name of ['mean', 'deviation', 'sparsity'] as const) expect(filled[name]).toBeCloseTo(bare[name], 6)
    expect(bare.dead).toBeCloseTo(1 / 3, 6)
    expect(Object.values(of([1, 2], [1, 2], [0])).every((v) => Number.isNaN(v))).toBe(true)
  })

  it('say NaN where a real row holds one: a unit of NaN is neither dead nor alive', () => {
    expect(Object.values(of([2, 2], [Number.NaN, 0, 1, 0])).every((v) => Number.isNaN(v))).toBe(true)
  })

  it('say 1 for one active unit, 0 for units that are all alike, and NaN for one unit alone', () => {
    expect(of([1, 4], [0, 0, 1e-30, 0]).sparsity).toBe(1)
    expect(of([1, 4], [3e30, -3e30, 3e30, 3e30]).sparsity).toBe(0)
    expect(of([2, 1], [1, 2]).sparsity).toBeNaN()
  })
})

describe('gradient norms', () => {
  const l = layout([
    { name: 'dense0/weight', shape: [2, 2] },
    { name: 'dense0/bias', shape: [2] },
    { name: 'encoder/dense0/weight', shape: [1, 1] },
    { name: 'encoder/dense0/bias', shape: [1] },
  ])
  const norms = (g: readonly number[]) => {
    const made = gradientNorms(l, input('g', [8]))
    const all = made.map((e) => e.norm)
    const truth = evaluate(all, { g }, 'f32')
    compiled(all, { g }).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
    return made.map(({ name }, i) => [name, truth[i]![0]!])
  }

  it('are lengths over weight and bias of each layer', () => {
    expect(norms([1, 1, 1, 1, 4, 4, 3, 4])).toEqual([
      ['dense0', 6],
      ['encoder/dense0', 5],
    ])
  })

  it('neither overflow nor underflow, and are 0 for a gradient of zeros', () => {
    expect(norms([0, 0, 0, 0, 0, 0, 3e30, 4e30]).map(([, v]) => v)).toEqual([0, Math.fround(5e30)])
    expect(norms([3e-30, 0, 4e-30, 0, 0, 0, 0, 0]).map(([, v]) => v)).toEqual([Math.fround(5e-30), 0])
  })

  it('are NaN where the gradient is', () => {
    expect(norms([1, 2, Number.NaN, 4, 5, 6, 1, 0]).map(([, v]) => v)).toEqual([Number.NaN, 1])
  })
})
