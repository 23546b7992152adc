import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, literal, rows, sum } from '../../src/graph/ops.js'
import { contextGate, gateTable } from '../../src/nn/contextGate.js'
import { classTable, contextMask } from '../../src/nn/contextMask.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { stack } from '../../src/nn/stack.js'
import { key } from '../../src/random/key.js'
import { bits } from '../support/compiled.js'

const context = input('context', [3], 'i32')

describe('gates for contexts', () => {
  it('for every share, silence exactly that share of the units in each context, the same for the same key', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 10 }),
        fc.nat(),
        (contexts, units, tenths, seed) => {
          const options = { contexts, units, silenced: tenths / 10, key: key(seed) }
          const table = gateTable(options)
          expect(table.length).toBe(contexts * units)
          for (let c = 0; c < contexts; c++) {
            const row = table.slice(c * units, (c + 1) * units)
            expect(row.every((v) => v === 0 || v === 1)).toBe(true)
            expect(row.filter((v) => v === 0).length).toBe(Math.round((tenths / 10) * units))
          }
          expect(gateTable(options)).toEqual(table)
          expect(gateTable({ ...options, contexts: contexts + 1 }).slice(0, table.length)).toEqual(table)
        },
      ),
    )
  })

  it('of two contexts are drawn apart: a unit is silent in both as often as by chance', () => {
    const units = 10_000
    const table = gateTable({ contexts: 2, units, silenced: 0.8, key: key(3) })
    let both = 0
    for (let u = 0; u < units; u++) if (table[u] === 0 && table[units + u] === 0) both++
    expect(Math.abs(both / units - 0.64)).toBeLessThan(4 * Math.sqrt((0.64 * 0.36) / units))
  })

  it('let a row’s own units through, and their gradients', () => {
    const net = stack([4], [contextGate({ contexts: 2, silenced: 0.5, key: key(1) })])
    const x = input('x', [3, 4])
    const output = net.apply(literal(0), x, { context, state: block('state', [8]) })
    const { initial } = net.state!
    const env = { x: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], context: [1, 0, 1], state: initial }
    const [value, slope] = evaluate([output.logits, ...gradients(sum(output.logits), [x])], env, 'f32')
    env.context.forEach((c, i) => {
      for (let u = 0; u < 4; u++) {
        expect(value![4 * i + u]).toBe(initial[4 * c + u]! * env.x[4 * i + u]!)
        expect(slope![4 * i + u]).toBe(initial[4 * c + u]!)
      }
    })
    expect(net.state?.boundary).toEqual(['continue'])
  })

  it('of two layers are kept side by side, each its own', () => {
    const gate = (seed: number) => contextGate({ contexts: 2, silenced: 0.5, key: key(seed) })
    const { initial, layout } = stack([4], [gate(1), gate(2)]).state!
    expect(layout.entries.map((e) => e.name)).toEqual(['contextGate0/gates', 'contextGate1/gates'])
    for (const [i, seed] of [1, 2].entries())
      expect(initial.slice(8 * i, 8 * i + 8)).toEqual(
        gateTable({ contexts: 2, units: 4, silenced: 0.5, key: key(seed) }),
      )
  })

  it('say what a pass lacks: the context of each row, or the state that holds them', () => {
    const net = stack([4], [contextGate({ contexts: 2, silenced: 0.5, key: key(1) })])
    const x = input('x', [3, 4])
    expect(() => net.apply(literal(0), x, { state: block('state', [8]) })).toThrow(
      'contextGate: the pass must say the context of each row (mode.context, [n] of i32)',
    )
    expect(() => net.apply(literal(0), x, { context })).toThrow("network: 'contextGate0/gates' is kept in the state")
  })
})

describe('masks of outputs for contexts', () => {
  const classes = [
    [0, 1],
    [2, 3],
  ]
  it('are 1 where the class is one of the context’s', () => {
    expect([...classTable(classes, 5)]).toEqual([1, 1, 0, 0, 0, 0, 0, 1, 1, 0])
  })
  it('give the cross-entropy of the active-class mask, to the bit, as a layer', () => {
    const net = stack([4], [contextMask({ classes })])
    const [x, y] = [input('x', [3, 4]), input('y', [3], 'i32')]
    const { logits } = net.apply(literal(0), x, { context, state: block('state', [8]) })
    const active = rows(block('state', [2, 4]), context)
    const env = {
      x: [3, 1, 2, 0, 3, 1, 2, 0, -1, 5, 9, 9],
      context: [0, 1, 0],
      y: [1, 3, 0],
      state: net.state!.initial,
    }
    const [value] = evaluate([crossEntropy(logits, y)], env, 'f32')
    const [slope] = evaluate(gradients(sum(crossEntropy(logits, y)), [x]), env, 'f32')
    expect(bits(value!)).toEqual(bits(evaluate([crossEntropy(x, y, active)], env, 'f32')[0]!))
    expect([2, 3, 4, 5, 10, 11].map((i) => slope![i])).toEqual([0, 0, 0, 0, 0, 0])
  })
})
