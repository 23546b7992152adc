import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { gradients } from '../../src/graph/grad.js'
import * as o from '../../src/graph/ops.js'
import { floor } from '../../src/graph/primitives/floor.js'
import { literalValue } from '../../src/graph/primitives/leaf.js'
import { substitute } from '../../src/graph/substitute.js'
import { topological } from '../../src/graph/topological.js'
import { gelu, geluTanh } from '../../src/nn/activations/gelu.js'
import { crossEntropy, softmax } from '../../src/nn/loss.js'
import { layerNorm } from '../../src/nn/layerNorm.js'
import { integers } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import { graphs } from '../../src/testing/arbitraries/graphs.js'
import { differentiable } from '../../src/testing/arbitraries/menu.js'
import { networks } from '../../src/testing/arbitraries/networks.js'
import { randomGraph } from '../../src/testing/arbitraries/randomGraph.js'
import type { Argument } from '../../src/testing/argument.js'
import { asFunction } from '../../src/testing/asFunction.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import type { GradientOptions } from '../../src/testing/options.js'
import type { Differentiable } from '../../src/testing/problem.js'
import { reversed, tooLarge, withRules } from '../support/planted.js'

/** What failed, check by check. */
const failures = (f: Differentiable, args: readonly Argument[], options: GradientOptions = {}) =>
  compareGradients(f, args, options).faults.map(({ check, kind }) => `${check}: ${kind}`)

describe('a right gradient passes', () => {
  it('for every random graph', () => {
    fc.assert(
      fc.property(graphs(), fc.nat(1000), ({ f, args }, seed) => {
        if (args.every((arg) => arg.below !== undefined)) return
        const { faults, checks } = compareGradients(f, args, { seed })
        expect(faults).toEqual([])
        // an order of magnitude lies between what is seen and what is allowed
        for (const { check, margin } of checks) if (check !== 'precision') expect(margin).toBeLessThan(0.5)
      }),
      { numRuns: 25, seed: 4 },
    )
  })

  it('for every random network', () => {
    fc.assert(
      fc.property(networks(), ({ network, params, x, labels }) => {
        const loss: Differentiable = (p, rows, y) => o.mean(crossEntropy(network.apply(p, rows).logits, y))
        const args = [params, x, { shape: [labels.length], below: network.outputs, values: labels }]
        expect(failures(loss, args, { entries: 60 })).toEqual([])
      }),
      { numRuns: 6, seed: 2 },
    )
  })

  const cases: Readonly<Record<string, readonly [Differentiable, readonly Argument[]]>> = {
    'at relu of 0': [(x) => o.relu(x), [{ shape: [3], values: [0, 1, -1] }]],
    'at ties of maximum, maxLast and poolMax': [
      (x) => [o.maximum(x, 1), o.maxLast(o.reshape(x, [2, 2])), o.poolMax(o.reshape(x, [1, 2, 2, 1]), 2)],
      [{ shape: [4], values: [1, 1, 1, 1] }],
    ],
    'at abs of 0': [(x) => o.abs(x), [{ shape: [2], values: [0, -0] }]],
    'of stop and of what it stops': [(x) => o.mul(o.stop(o.square(x)), x), [[3]]],
    'of a surrogate': [
      (x) => o.surrogate(floor(x), o.div(x, o.add(1, o.abs(x)))),
      [{ shape: [3], values: [0, 1, -2.5] }],
    ],
    'in a flushed value': [(x) => o.flush(x, 0.5), [{ shape: [3], values: [0.25, 0, 4] }]],
    'with whole numbers': [
      (table, i, x) => [o.rows(table, i), crossEntropy(x, i)],
      [[4, 3], { shape: [5], below: 4 }, [5, 4]],
    ],
    'with bytes': [
      (t, i, w) => o.dot(o.rows(t, i), w),
      [{ shape: [3, 2], below: 256, dtype: 'u8' }, { shape: [4], below: 3 }, [2, 2]],
    ],
    'of values near 1e6': [(x) => o.mul(1e6, o.exp(x)), [[3]]],
    'of values near 1e-30': [
      (x, w) => o.mul(1e-30, o.dot(x, w)),
      [
        [2, 3],
        [3, 2],
      ],
    ],
    'at arguments near 1000': [(x) => [o.log(x), o.sin(x)], [{ shape: [3], low: 900, high: 1100 }]],
    'at arguments near 0.001': [(x) => o.log(x), [{ shape: [3], low: 5e-4, high: 15e-4 }]],
    'at arguments of two sizes': [
      (x, y) => o.mul(x, o.log(y)),
      [
        { shape: [3], low: 900, high: 1100 },
        { shape: [3], low: 5e-4, high: 15e-4 },
      ],
    ],
    'of a steep function': [(x) => o.exp(o.mul(-1e6, o.square(x))), [{ shape: [3], low: -0.001, high: 0.001 }]],
    'of a sum with cancellation': [(x) => o.sub(o.add(x, 1e6), 1e6), [[3]]],
    'of what does not depend on an argument': [(x) => o.mul(x, 2), [[2], [3]]],
    'of a constant': [() => o.ones([3]), [[2]]],
    'of a softmax over one class, which is one': [(x, y) => crossEntropy(x, y), [[3, 1], { shape: [3], below: 1 }]],
    'of a saturated softmax, where rounding makes more of it than noise tells': [
      (x) => softmax(x),
      [{ shape: [2, 4], low: -50, high: 50 }],
    ],
    'of GELU far below 0, where its value is 0 and its derivative is not': [
      (x) => [gelu(x), geluTanh(x)],
      [{ shape: [5], low: -30, high: 30 }],
    ],
    'of several outputs of different sizes': [
      (x, y) => ({ sum: o.sum(x), tiny: o.mul(1e-6, y), both: o.dot(x, y) }),
      [
        [2, 3],
        [3, 2],
      ],
    ],
    'of a scalar of a scalar': [(x) => o.square(x), [[]]],
    'of an output that is an argument': [(x) => x, [[2]]],
  }
  for (const [name, [f, args]] of Object.entries(cases))
    it(name, () => {
      expect(failures(f, args)).toEqual([])
    })

  it('of many parameters, along a stated number of directions', () => {
    const f: Differentiable = (x, w, v) => o.mean(o.square(o.dot(o.tanh(o.dot(x, w)), v)))
    const { faults, elements, directions } = compareGradients(
      f,
      [
        [8, 30],
        [30, 20],
        [20, 3],
      ],
      { directions: 4 },
    )
    expect({ faults, elements, directions }).toEqual({ faults: [], elements: 900, directions: 36 })
  })

  it('and the report says what was compared, and what is declared', () => {
    const { checks, declared, seed } = compareGradients((x) => o.mul(o.stop(x), x), [[2, 2]], { seed: 3 })
    expect(checks.map((c) => c.check)).toEqual(['finite', 'consistency', 'differences', 'second order', 'precision'])
    expect(checks.find((c) => c.check === 'differences')?.compared).toBe(4 * (4 + 1))
    expect({ declared, seed }).toEqual({ declared: ['stop'], seed: 3 })
  })
})

describe('a wrong gradient', () => {
  /** A random graph in which both rules of one node give 1 + by times too much, and how much that changes the gradient. */
  const planted = (seed: number, by: number) => {
    const { outputs, env } = randomGraph(seed, 1 + (seed % 20), 1 + (seed % 4), differentiable)
    const roots = Object.values(outputs)
    const order = topological(roots)
    const nodes = order.filter((e) => e.op.vjp !== undefined && e.args.some((a) => literalValue(a) === undefined))
    const leaves = order.filter((e) => e.op.codegen === 'leaf' && literalValue(e) === undefined && e.dtype === 'f32')
    if (nodes.length === 0 || leaves.length === 0) return undefined
    const e = nodes[integers(named(key(seed), 'node'), 1, nodes.length)[0]!]!
    const wrong = substitute(roots, new Map([[e, tooLarge(e, by)]]))
    const gradientOf = (root: Expr) => evaluate(gradients(o.sum(root), leaves), env, 'f64')
    const effect = Math.max(
      ...roots.map((root, i) => {
        const [a, b] = [gradientOf(root), gradientOf(wrong[i]!)]
        return Math.max(
          ...a.map((g, j) => {
            const most = Math.max(...g.map(Math.abs))
            return most === 0 ? 0 : Math.max(...g.map((x, k) => Math.abs(x - b[j]![k]!))) / most
          }),
        )
      }),
    )
    const names = Object.keys(outputs)
    return { effect, ...asFunction(Object.fromEntries(names.map((name, i) => [name, wrong[i]!])), env) }
  }

  for (const by of [1e-3, 1e-4])
    it(`is found by differences wherever a fault of ${by} in both modes of a random graph changes it by that`, () => {
      let count = 0
      for (let seed = 0; seed < 30; seed++) {
        const made = planted(seed, by)
        if (made === undefined || made.effect < 0.99 * by) continue
        count++
        const { faults } = compareGradients(made.f, made.args, { only: ['differences'], seed })
        expect(
          faults.map((fault) => fault.kind),
          `seed ${seed}`,
        ).toEqual(['mismatch'])
      }
      expect(count).toBeGreaterThan(12)
    })

  it('of one entry among many is found, in both modes together', () => {
    const f: Differentiable = (x) => {
      const y = o.mul(x, 3)
      return tooLarge(o.slice(y, 4, [1]), 1e-4)
    }
    expect(failures(f, [[9]], { only: ['differences'] })).toEqual(['differences: mismatch'])
  })

  it('is found at kinks, where one side is taken for the other', () => {
    // declares 1 at 0, where the promise of relu is 0
    const f: Differentiable = (x) => {
      const y = o.relu(x)
      return { ...y, op: { ...y.op, vjp: (ct, e) => [o.selectGreater(0, e.args[0]!, 0, ct)] } }
    }
    expect(failures(f, [{ shape: [2], values: [0, 1] }])).toContain('differences: mismatch')
    expect(failures(f, [{ shape: [2], values: [-1, 1] }])).toEqual([])
  })

  it('of what is constant is wrong, and not unsettled', () => {
    const f: Differentiable = (x) => o.add(withRules(o.mul(x, 0), { vjp: (ct) => [ct, null] }), 1)
    expect(failures(f, [[3]])).toEqual(['differences: mismatch'])
  })

  it('of another shape is said', () => {
    const f: Differentiable = (x) => reversed(o.exp(x), ([d]) => [o.sum(d!)])
    expect(compareGradients(f, [[3]]).faults.map((fault) => fault.reason)).toEqual([
      'reverse mode gives [] where [3] is needed: a rule gives another shape',
    ])
  })

  it('that is cut off by stop is found where differences are of the values', () => {
    const f: Differentiable = (x) => o.mul(o.stop(o.square(x)), x)
    expect(failures(f, [[3]], { differencesOf: 'value' })).toEqual(['differences: mismatch'])
  })
})

describe('what is no gradient', () => {
  it('where a derivative is infinite or NaN is not finite, whatever was asked for', () => {
    const masked: Differentiable = (x) => o.selectGreater(x, 0, o.log(x), 0)
    for (const f of [masked, (x: Expr) => o.sqrt(x), (x: Expr) => o.div(1, x)])
      expect(failures(f, [{ shape: [2], values: [0, 1] }], { only: ['precision'] })).toEqual(['finite: not finite'])
  })

  it('where values hide the change is unsettled', () => {
    // 1 + e^x is 1 to the last bit
    expect(failures((x) => o.log(o.add(1, o.exp(x))), [{ shape: [3], low: -39, high: -38 }])).toEqual([
      'differences: unsettled',
    ])
    expect(failures((x) => o.add(o.mul(x, 1e-3), 1e9), [[3]])).toEqual(['differences: unsettled'])
  })

  it('where a rule has no derivative of its own is said', () => {
    const f: Differentiable = (x) => {
      const y = o.square(x)
      const broken = { ...y.op, name: 'broken' }
      const { vjp: _vjp, jvp: _jvp, ...without } = broken
      return { ...y, op: { ...y.op, vjp: (ct) => [o.mul(ct, { ...x, args: [x], op: without }), null] } }
    }
    const { faults } = compareGradients(f, [[2]], { only: ['second order'] })
    expect(faults.map((fault) => [fault.check, fault.kind, fault.reason])).toEqual([
      ['second order', 'failed', "jvp: 'broken' has no derivative"],
    ])
  })
})

describe('second derivatives', () => {
  it('pass where the gradient passes', () => {
    const f: Differentiable = (x, g, b) => layerNorm(o.tanh(x), g, b)
    expect(failures(f, [[3, 4], [4], [4]])).toEqual([])
  })

  it('are checked on their own: a right gradient whose own rule is wrong is found', () => {
    const f: Differentiable = (x) => reversed(o.square(x), (_, ct) => [o.mul(ct, tooLarge(o.mul(x, 2), 1e-4)), null])
    expect(failures(f, [[3]])).toEqual(['second order: mismatch'])
  })

  it('are those of the promise, at kinks and through stop', () => {
    const f: Differentiable = (x) => [o.square(o.relu(x)), o.mul(o.stop(x), o.square(x))]
    expect(failures(f, [{ shape: [3], values: [0, 1, -1] }])).toEqual([])
  })
})

describe('arguments and options', () => {
  const f: Differentiable = (x) => o.sum(x)
  it('that make no sense are refused all at once', () => {
    expect(() =>
      compareGradients(f, [{ shape: [2], values: [1, Number.NaN] }, { shape: [0] }, { shape: [1], below: 0 }]),
    ).toThrow(
      'argument 0: values must be finite, got NaN; argument 1: up to four axes of whole lengths from 1, got [0]; argument 2: below must be a whole number from 1, got 0',
    )
    expect(() => compareGradients(f, [{ shape: [2], values: [1] }])).toThrow('argument 0: [2] needs 2 values, got 1')
    expect(() => compareGradients(f, [{ shape: [2], low: 1, high: 1 }])).toThrow(
      'low must be less than high, got 1 and 1',
    )
    expect(() => compareGradients(f, [{ shape: [2], below: 3, values: [3, 0] }])).toThrow(
      'whole, from 0, below 3, got 3',
    )
    expect(() => compareGradients(f, [[2]], { seed: 0.5, directions: 0 })).toThrow(
      'seed must be a whole number from 0, got 0.5; directions must be a whole number from 1, got 0',
    )
  })
  it('that leave nothing to differentiate, or a leaf without a value, are refused', () => {
    expect(() => compareGradients((x) => o.oneHot(x, 3), [{ shape: [2], below: 3 }])).toThrow(
      'no argument is differentiated',
    )
    expect(() => compareGradients((x) => o.mul(x, o.block('anchor')), [[2]])).toThrow(
      "the function reads 'anchor', which is no argument; give it in 'env'",
    )
    expect(failures((x) => o.mul(x, o.block('anchor')), [[2]], { env: { anchor: 2 } })).toEqual([])
    expect(() => compareGradients(() => [], [[2]])).toThrow('the function gives no output')
  })
  it('name their arguments as the function does', () => {
    const { faults } = compareGradients((weights, bias) => o.div(weights, o.sub(bias, bias)), [[2], [2]])
    expect(faults[0]?.kind).toBe('not finite')
    expect(() => compareGradients((weights) => o.mul(weights, o.input('weights')), [[2]])).toThrow(
      "the function reads its own 'weights', which is also the name of an argument",
    )
  })
})
