import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { culprit } from '../../src/graph/culprit.js'
import { evaluate, trace } from '../../src/graph/evaluate.js'
import * as o from '../../src/graph/ops.js'
import { phrase } from '../../src/graph/phrase.js'
import { topological } from '../../src/graph/topological.js'
import { randomGraph } from '../support/randomGraph.js'

const isNaN = (x: number): boolean => x !== x

describe('the values of all nodes', () => {
  it('are those of the reference, for composite functions too', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 30 }), (seed, nodes) => {
        const { outputs, updates, env } = randomGraph(seed, nodes, 6)
        const order = topological([...Object.values(outputs), ...Object.values(updates)])
        const values = trace(order, env, 'f32')
        const floats = order.filter((e) => e.dtype === 'f32')
        const wanted = evaluate(floats, env, 'f32')
        floats.forEach((e, i) => {
          expect(values.get(e)).toEqual(wanted[i])
        })
      }),
      { numRuns: 50 },
    )
  })
})

describe('the culprit', () => {
  const [a, b] = [o.input('a', [3]), o.input('b', [3])]

  it('is the first node with a bad element whose arguments have none, for random graphs', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 5, max: 40 }), (seed, nodes) => {
        const { outputs, env } = randomGraph(seed, nodes, 5)
        const roots = Object.values(outputs).map((e, i) => (i % 2 === 0 ? o.log(o.sub(e, 1)) : e))
        const values = trace(roots, env, 'f32')
        const bad = topological(roots).filter((e) => values.get(e)?.some(isNaN))
        const found = culprit(roots, values, isNaN)
        const seen = roots.some((e) => bad.includes(e))
        expect(found !== undefined).toBe(seen)
        if (found === undefined) return
        expect(bad).toContain(found.node)
        expect(found.node.args.some((arg) => bad.includes(arg))).toBe(false)
        expect(values.get(found.node)?.findIndex(isNaN)).toBe(found.element)
      }),
      { numRuns: 100 },
    )
  })

  it('is on the way to a root: what a selection leaves out is not', () => {
    const left = o.log(a)
    const right = o.sqrt(b)
    const root = o.add(o.selectGreater(a, 0, left, 0), right)
    const values = trace([root], { a: [-1, 1, 1], b: [1, 1, -1] }, 'f32')
    expect(culprit([root], values, isNaN)).toEqual({ node: right, element: 2 })
  })

  it('is the leaf itself when the value was given', () => {
    const root = o.sum(o.mul(a, b))
    const values = trace([root], { a: [1, 1, 1], b: [1, Number.NaN, 1] }, 'f32')
    expect(culprit([root], values, isNaN)).toEqual({ node: b, element: 1 })
  })

  it('is nobody when all is well', () => {
    const root = o.sum(o.mul(a, b))
    expect(culprit([root], trace([root], { a: [1, 1, 1], b: [1, 1, 1] }, 'f32'), isNaN)).toBeUndefined()
  })
})

describe('a phrase', () => {
  const [x, y] = [o.input('x', [4, 3]), o.input('y', [4, 3])]
  const w = o.block('w', [3, 2])

  it('is an expression in the words that people write', () => {
    const said = [
      [o.log(o.sub(1, o.mul(x, y))), 'log(1 - (x * y))'],
      [o.sub(x, o.sub(y, x)), 'x - (y - x)'],
      [o.mul(o.add(x, y), 0.1), '(x + y) * 0.1'],
      [o.div(o.neg(x), o.square(o.add(x, y))), '-x / square(x + y)'],
      [o.relu(o.dot(x, w)), 'relu(dot(x, w))'],
      [o.maximum(x, y), 'maximum(x, y)'],
      [o.minimum(x, y), 'minimum(x, y)'],
      [o.selectGreater(x, y, x, 2), 'x > y ? x : 2'],
      [o.sub(x, o.column(o.maxLast(x))), 'x - maxLast(x)'],
      [o.add(o.selectEqual(x, y, 1, 0), 1), '(x = y ? 1 : 0) + 1'],
    ] as const
    for (const [e, text] of said) expect(phrase(e, 9)).toBe(text)
  })

  it('says no more than it is asked for, and uses the names it is given', () => {
    const e = o.exp(o.log(o.add(x, o.sqrt(y))))
    expect([0, 1, 2, 3, 4].map((depth) => phrase(e, depth))).toEqual([
      '…',
      'exp(…)',
      'exp(log(…))',
      'exp(log(x + …))',
      'exp(log(x + sqrt(y)))',
    ])
    expect(phrase(e, 9, (part) => (part === y ? 'the weights' : undefined))).toBe('exp(log(x + sqrt(the weights)))')
  })
})
