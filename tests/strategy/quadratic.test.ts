import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { input, literal } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { ewc } from '../../src/strategy/ewc.js'
import { l2 } from '../../src/strategy/l2.js'
import { mas } from '../../src/strategy/mas.js'
import { quadratic } from '../../src/strategy/quadratic.js'
import { si } from '../../src/strategy/si.js'
import { tinyLearner } from '../support/learner.js'
import { scopeOf, size, valueOf, valuesOf, worst } from '../support/scope.js'

const ofEwc = {
  lambda: 3,
  mode: 'online',
  gamma: 1,
  fisher: 'exact',
  rows: 'all',
  divisor: 'N',
  step: 'explicit',
  batch: 16,
} as const
const ofSi = { c: 3, xi: 0.1, gradient: 'task', rectify: 'sum', step: 'explicit' } as const
const ofMas = { lambda: 3, accumulate: 'mean', rows: 'all', step: 'explicit', batch: 16 } as const
const ofL2 = { lambda: 3, towards: 'previous', step: 'explicit' } as const

const importance = [0.1, 2, 0, 4, 1, 0.25]
const anchor = [1, -1, 0, 0.5, 0.25, 3]
const elsewhere = [0.5, -1.5, 2, 0.5, 0, 1]

/** Each with its strength: what stands before the sum of importance (theta - anchor)^2. */
const penalties: readonly (readonly [string, number, AnyStrategy, readonly number[]])[] = [
  ['ewc', 1.5, ewc(ofEwc), importance],
  ['ewc with factor one', 3, ewc({ ...ofEwc, factor: 'one' }), importance],
  ['ewc with factor half', 1.5, ewc({ ...ofEwc, factor: 'half' }), importance],
  ['ewc multi', 1.5, ewc({ ...ofEwc, mode: 'multi' }), importance],
  ['si', 3, si(ofSi), importance],
  ['mas', 3, mas(ofMas), importance],
  ['l2 towards previous', 1.5, l2(ofL2), anchor.map(() => 1)],
  ['l2 towards the start', 1.5, l2({ ...ofL2, towards: 'start' }), anchor.map(() => 1)],
]

const scope = scopeOf(1, {
  tensors: { importance: input('importance', [size]), anchor: input('anchor', [size]), path: input('path', [size]) },
})
const termOf = (strategy: AnyStrategy): Expr => {
  const [term, ...others] = strategy.objective?.(scope) ?? []
  expect([term?.name, others]).toEqual(['penalty', []])
  return term?.value ?? literal(Number.NaN)
}

describe('the penalty', () => {
  it.each(penalties)('of %s is zero at its anchor, with its gradient, to the last bit', (_, __, strategy) => {
    const value = termOf(strategy)
    const env = { params: anchor, importance, anchor }
    expect(valueOf(value, env)).toBe(0)
    expect(valuesOf(grad(value, scope.params), env).every((g) => g === 0)).toBe(true)
  })

  // f64, and the closed form adds in the same order: 1e-14
  it.each(penalties)('of %s is %d times the squared distance by importance', (_, strength, strategy, weights) => {
    const value = termOf(strategy)
    const env = { params: elsewhere, importance, anchor }
    const away = elsewhere.map((p, i) => p - (anchor[i] ?? 0))
    const sum = away.reduce((total, a, i) => total + (weights[i] ?? 0) * a * a, 0)
    expect(valueOf(value, env)).toBeCloseTo(strength * sum, 12)
    const gradient = away.map((a, i) => 2 * strength * (weights[i] ?? 0) * a)
    expect(worst(valuesOf(grad(value, scope.params), env), gradient)).toBeLessThan(1e-14)
  })

  it('of several anchors is zero at one of them but for the others, with its gradient', () => {
    const both = [
      { importance: input('f0', [size]), anchor: input('a0', [size]) },
      { importance: input('f1', [size]), anchor: input('a1', [size]) },
    ]
    const params = input('params', [size])
    const { terms } = quadratic(2, 'explicit')
    const env = { params: anchor, f0: importance, a0: anchor, f1: importance.toReversed(), a1: elsewhere }
    const [all, other] = [both, both.slice(1)].map((holds) => terms(params, holds)[0]?.value ?? literal(0))
    expect(valueOf(all, env)).toBe(valueOf(other, env))
    expect(valuesOf(grad(all ?? literal(0), params), env)).toEqual(valuesOf(grad(other ?? literal(0), params), env))
  })
})

describe('the proximal step', () => {
  const hold = { importance: input('importance', [size]), anchor: input('anchor', [size]) }
  const moved = (strength: number, env: Readonly<Record<string, readonly number[]>>): readonly number[] => {
    const { params } = quadratic(strength, 'proximal').commit(input('after', [size]), [hold], 0.25)
    return [...(evaluate([params ?? literal(0)], env, 'f32')[0] ?? [])]
  }
  const env = { after: elsewhere, importance, anchor }

  it.each([1e20, 1e30, 1e38, 1e39, 1e300, Number.MAX_VALUE])(
    'of strength %d is at the anchor where anything has importance, where it was elsewhere, to the last bit',
    (strength) => {
      expect(moved(strength, env)).toEqual(importance.map((f, i) => (f > 0 ? anchor[i] : elsewhere[i])))
    },
  )

  it('of strength 0 moves nothing, to the last bit', () => {
    expect(moved(0, env)).toEqual(elsewhere)
  })

  it('stays finite and between the anchors for the largest importances', () => {
    const huge = importance.map(() => 3e38)
    // an anchor of 0 is met to 2^-60 of where the step went
    expect(worst(moved(1e300, { ...env, importance: huge }), anchor)).toBeLessThan(2 ** -60)
    const two = [hold, { importance: input('importance', [size]), anchor: input('after', [size]) }]
    const { params } = quadratic(1e300, 'proximal').commit(input('after', [size]), two, 0.25)
    const found = evaluate([params ?? literal(0)], { ...env, importance: huge }, 'f32')[0] ?? []
    // the mean of the two anchors, of which one is where the step went: three roundings of f32
    const middle = anchor.map((a, i) => (a + (elsewhere[i] ?? 0)) / 2)
    expect(worst([...found], middle)).toBeLessThan(3 * 2 ** -24)
  })

  it.each([
    ['ewc', ewc({ ...ofEwc, lambda: 1e300, step: 'proximal' })],
    ['si', si({ ...ofSi, c: 1e300, step: 'proximal' })],
    ['mas', mas({ ...ofMas, lambda: 1e300, step: 'proximal' })],
    ['l2', l2({ ...ofL2, lambda: 1e300, step: 'proximal' })],
  ])(
    'of %s without limit freezes what has importance at the first boundary, and all stays finite',
    (name, strategy) => {
      const learner = tinyLearner([strategy], { hidden: [4] })
      learner.learn()
      const before = learner.read('params')
      const held = name === 'l2' ? before.map(() => 1) : learner.read(`${name}/tensor/importance`)
      expect(held.filter((f) => f > 0).length).toBeGreaterThan(10)
      expect(learner.learn().finite).toBe(true)
      const after = learner.read('params')
      held.forEach((f, i) => {
        if (f > 0) expect(after[i]).toBe(before[i])
      })
      expect(after.every(Number.isFinite)).toBe(true)
    },
  )
})
