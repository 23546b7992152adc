import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { laneNames } from '../../src/compile/lanes.js'
import { routines } from '../../src/compile/routines/table.js'
import { createStore } from '../../src/compile/store.js'
import { cost } from '../../src/graph/cost.js'
import { type Env, evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import { input, mul, sum } from '../../src/graph/ops.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

const seeds = Array.from({ length: 25 }, (_, i) => i)
// Off the kinks: odd multiples of 1/2048, positive where the operation needs it.
const positive = new Set(['sqrt', 'log', 'divide'])

const environment = (e: Expr, seed: number): Record<string, Float64Array> =>
  Object.fromEntries(
    topological([e])
      .filter((leaf) => leaf.op.name === 'input')
      .map((leaf) => {
        const name = String(leaf.attrs.name)
        const draws = uniforms(named(key(seed), name), sizeOf(leaf.shape))
        const rows = e.op.name === 'oneHot' ? 4 : 3
        if (leaf.dtype !== 'f32') return [name, Float64Array.from(draws, (u) => Math.floor(u * rows))]
        const shift = positive.has(e.op.name) ? 2.5 : 0
        return [name, Float64Array.from(draws, (u) => (Math.floor(u * 4096) - 2048) / 1024 + 1 / 2048 + shift)]
      }),
  )

describe.each(primitives.filter((p) => p.sample !== undefined))('the primitive $name', (primitive) => {
  const samples = seeds.map((seed) => ({ seed, e: primitive.sample!(folded(key(7), seed)) }))

  it('compiles to the bits of its reference', () => {
    for (const { seed, e } of samples) {
      const env = environment(e, seed)
      const program = compile({ updates: {}, outputs: { y: e } }, createStore())
      program.run(env)
      const bits = (x: ArrayLike<number>) => [...new Int32Array(Float32Array.from(x).buffer)]
      expect(bits(program.output('y'))).toEqual(bits(evaluate([e], env, 'f32')[0]!))
    }
  })

  it('has the derivative that f64 differences show', () => {
    if (
      primitive.vjp === undefined ||
      ['stop', 'floor', 'flush', 'pow2', 'exponent', 'mantissa'].includes(primitive.name)
    )
      return
    for (const { seed, e } of samples) {
      const env = environment(e, seed)
      const weights = Float64Array.from(uniforms(folded(key(11), seed), sizeOf(e.shape)), (u) => u - 0.5)
      const objective = (at: Env): number =>
        evaluate([e], at, 'f64')[0]!.reduce((acc, y, i) => acc + y * weights[i]!, 0)
      const leaves = topological([e]).filter((leaf) => leaf.op.name === 'input' && leaf.dtype === 'f32')
      const w = input('weights', e.shape)
      const analytic = evaluate(gradients(sum(mul(e, w)), leaves), { ...env, weights }, 'f64')
      leaves.forEach((leaf, k) => {
        const name = String(leaf.attrs.name)
        for (let i = 0; i < sizeOf(leaf.shape); i++) {
          const at = (step: number): Env => ({ ...env, [name]: env[name]!.map((v, j) => (j === i ? v + step : v)) })
          const slope = (objective(at(1e-5)) - objective(at(-1e-5))) / 2e-5
          expect(Math.abs(slope - analytic[k]![i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(slope)))
        }
      })
    }
  })

  it('has a cost that is whole and not negative', () => {
    for (const { e } of samples) {
      const { macs, operations } = cost([e])
      expect(Number.isInteger(macs) && macs >= 0 && Number.isInteger(operations) && operations >= 0).toBe(true)
    }
  })
})

describe('the table of primitives', () => {
  it('has unique names', () => {
    expect(new Set(primitives.map((p) => p.name)).size).toBe(primitives.length)
  })
  it('gives instructions to every lane primitive that survives lowering, and to no other', () => {
    const lanes = primitives.filter((p) => p.codegen === 'lane' && p.expand === undefined && p.name !== 'stop')
    expect([...laneNames].sort()).toEqual(lanes.map((p) => p.name).sort())
  })
  it('gives code to every routine, and to no other', () => {
    const names = primitives.filter((p) => p.codegen === 'routine').map((p) => p.name)
    expect(Object.keys(routines).sort()).toEqual(names.sort())
  })
  it('has a sample for everything but leaves', () => {
    for (const p of primitives) expect(p.codegen === 'leaf' || p.sample !== undefined).toBe(true)
  })
})
