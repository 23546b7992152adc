import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { jvp } from '../../src/graph/jvp.js'
import { input, mul, oneHot, rows, sum } from '../../src/graph/ops.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { bits, compiled } from '../support/compiled.js'
import {
  forwardGap,
  instanceOf,
  pointOf,
  promiseGap,
  reverseGap,
  secondGap,
  transposeGap,
} from '../support/derivatives.js'

const seeds = Array.from({ length: 12 }, (_, i) => i)
const sampled = primitives.filter((p) => p.sample !== undefined)

describe.each(sampled.filter((p) => p.vjp !== undefined))('the derivative of $name', (primitive) => {
  const instances = (['smooth', 'kinks'] as const).flatMap((on) =>
    seeds.map((seed) => ({ seed, instance: instanceOf(primitive, seed, on) })),
  )

  it('is one map in forward mode and its transpose in reverse mode', () => {
    for (const { seed, instance } of instances) expect(transposeGap(instance, seed)).toBeLessThan(1e-12)
  })

  it('is the slope of what is promised, in both modes, at kinks too', () => {
    for (const { seed, instance } of instances) {
      expect(forwardGap(instance, seed)).toBeLessThan(1e-6)
      expect(reverseGap(instance, seed)).toBeLessThan(1e-6)
    }
  })

  it('has second derivatives: forward over reverse, reverse over reverse and differences agree', () => {
    for (const { seed, instance } of instances) {
      const { modes, differences } = secondGap(instance, seed)
      expect(modes).toBeLessThan(1e-11)
      expect(differences).toBeLessThan(1e-6)
    }
  })

  it('is promised of a function with the value at the point', () => {
    for (const { seed, instance } of instances) expect(promiseGap(instance, 0, seed)).toBe(0)
  })

  it('is promised of the value itself off kinks, or else declared', () => {
    const away = seeds.map((seed) => promiseGap(instanceOf(primitive, seed, 'smooth'), 1e-4, seed))
    if (primitive.declares === true) expect(Math.max(...away)).toBeGreaterThan(1e-6)
    else expect(Math.max(...away)).toBeLessThan(1e-12)
  })

  it('has tangents that compile to the bits of their reference', () => {
    for (const { seed, instance } of instances.slice(0, 4)) {
      const directions = instance.leaves.map((of, i) => ({ of, along: input(`along${i}`, of.shape) }))
      const [tangent] = jvp(instance.ys, directions)
      const env = { ...instance.env, ...Object.assign({}, ...directions.map((d) => pointOf(d.along, seed, 'smooth'))) }
      expect(bits(compiled([tangent!], env)[0]!)).toEqual(bits(evaluate([tangent!], env, 'f32')[0]!))
    }
  })
})

describe('derivatives of the table of primitives', () => {
  it('exist in both modes or in none', () => {
    for (const p of primitives)
      expect([p.name, p.jvp !== undefined || (p.vjp !== undefined && p.codegen === 'lane')]).toEqual([
        p.name,
        p.vjp !== undefined,
      ])
  })

  it('are refused by name, in both modes, where there are none', () => {
    for (const p of sampled.filter((q) => q.vjp === undefined)) {
      const { ys, leaves } = instanceOf(p, 0, 'smooth')
      expect(() => gradients(sum(ys[0]!), leaves)).toThrow(`grad: '${p.name}' has no derivative`)
      const directions = leaves.map((of) => ({ of, along: of }))
      expect(() => jvp(ys, directions)).toThrow(`jvp: '${p.name}' has no derivative`)
    }
  })

  it('are zero in indices, and in tables of bytes', () => {
    const [table, indices] = [input('table', [3, 2], 'u8'), input('indices', [2], 'i32')]
    const x = input('x', [2, 2])
    const y = mul(rows(table, indices), x)
    const env = { table: [1, 2, 3, 4, 5, 6], indices: [2, 0], x: [1, 1, 1, 1], dx: [1, 10, 100, 1000] }
    const along = { of: x, along: input('dx', [2, 2]) }
    const indexed = oneHot(indices, 2)
    const all = [...jvp([y, indexed], [along]), ...gradients(sum(mul(y, indexed)), [x, table, indices])]
    expect(evaluate(all, env, 'f64').map((v) => [...v])).toEqual([
      [5, 60, 100, 2000],
      [0, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 0, 0, 0],
      [0, 0],
    ])
  })
})
