import { describe, expect, it } from 'vitest'
import { laneNames } from '../../src/compile/lanes.js'
import { routines } from '../../src/compile/routines/table.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { primitives } from '../../src/graph/primitives/table.js'
import { folded, key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'
import { pointOf } from '../support/derivatives.js'

const seeds = Array.from({ length: 25 }, (_, i) => i)
describe.each(primitives.filter((p) => p.sample !== undefined))('the primitive $name', (primitive) => {
  const samples = seeds.map((seed) => ({ seed, e: primitive.sample!(folded(key(7), seed)) }))

  it('compiles to the bits of its reference', () => {
    for (const { seed, e } of samples) {
      const env = pointOf(e, seed, 'smooth', primitive.positive)
      expect(bits(compiled([e], env)[0]!)).toEqual(bits(evaluate([e], env, 'f32')[0]!))
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
