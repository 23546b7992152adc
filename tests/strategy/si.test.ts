import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { replayPlugin } from '../../src/strategy/replay.js'
import { si, type SiOptions, siPlugin } from '../../src/strategy/si.js'
import { tinyLearner } from '../support/learner.js'
import { phaseOf, scopeOf, size, valuesOf, worst } from '../support/scope.js'
import { gradientOf, lossOf, rowsOf } from '../support/softmaxRegression.js'
import { tinyStream } from '../support/tiny.js'

const options: SiOptions = { c: 1, xi: 0.1, gradient: 'task', rectify: 'sum', step: 'explicit' }
const made = (changes: Partial<SiOptions>): AnyStrategy => si({ ...options, ...changes })
const stream = tinyStream('class')

/** Full batches of plain descent on softmax regression. */
const descending = (method: readonly AnyStrategy[], rate: number, steps: number) =>
  tinyLearner(method, { stream, steps, batch: 40, optimiser: { name: 'sgd', rate, boundary: 'keep' } })

interface State {
  theta: readonly number[]
  path: readonly number[]
  importance: readonly number[]
  anchor: readonly number[]
}

/** Steps and boundaries as a plain loop in f64, over all rows of an experience at each step. */
const loop = (o: SiOptions, theta: readonly number[], rate: number, steps: number, experiences: number): State => {
  const s: State = { theta, path: theta.map(() => 0), importance: theta.map(() => 0), anchor: theta }
  for (let experience = 0; experience < experiences; experience++) {
    const rows = rowsOf(stream, experience)
    for (let step = 0; step < steps; step++) {
      const task = gradientOf(s.theta, rows)
      const total = task.map((g, i) => {
        const whole = g + 2 * o.c * (s.importance[i] ?? 0) * ((s.theta[i] ?? 0) - (s.anchor[i] ?? 0))
        return o.clip === undefined ? whole : Math.max(-o.clip, Math.min(o.clip, whole))
      })
      s.theta = s.theta.map((t, i) => t - rate * (total[i] ?? 0))
      // under plain descent the parameters move by -rate times the gradient that the optimiser received
      const credited = o.gradient === 'total' ? total : task
      s.path = s.path.map((p, i) => p + rate * (total[i] ?? 0) * (credited[i] ?? 0))
    }
    s.importance = s.importance.map((old, i) => {
      const p = s.path[i] ?? 0
      const path = o.rectify === 'integral' ? Math.max(0, p) : p
      const sum = old + path / (((s.theta[i] ?? 0) - (s.anchor[i] ?? 0)) ** 2 + o.xi)
      return o.rectify === 'sum' ? Math.max(0, sum) : sum
    })
    s.path = s.path.map(() => 0)
    s.anchor = s.theta
  }
  return s
}

describe('si over three experiences', () => {
  // f32 over 36 steps against f64: 1e-4 of the largest value
  it.each([
    ['the original', {}],
    ['the published code of Buzzega et al.', { gradient: 'total', clip: 0.05, rectify: 'off', xi: 0.9 }],
    ['the total gradient', { gradient: 'total', rectify: 'off' }],
    ['rectified paths', { rectify: 'integral' }],
    ['the task gradient of a clipped objective', { clip: 0.05 }],
  ] as const)('equals a plain loop in f64: %s', (_, changes) => {
    const o: SiOptions = { ...options, c: 2, ...changes }
    const learner = descending([si(o)], 0.5, 12)
    const start = learner.read('params')
    const wanted = loop(o, start, 0.5, 12, 3)
    for (let i = 0; i < 3; i++) learner.learn()
    expect(worst(learner.read('params'), wanted.theta)).toBeLessThan(1e-4)
    expect(worst(learner.read('si/tensor/importance'), wanted.importance)).toBeLessThan(1e-4)
    expect(learner.read('si/tensor/anchor')).toEqual(learner.read('params'))
    expect(learner.read('si/tensor/path').every((p) => p === 0)).toBe(true)
    // what the options change is seen: each other choice ends elsewhere
    const { clip, ...unclipped } = o
    const others: readonly SiOptions[] = [
      { ...o, c: 0 },
      { ...o, gradient: o.gradient === 'task' ? 'total' : 'task' },
      clip === undefined ? { ...o, clip: 0.05 } : unclipped,
    ]
    for (const other of others)
      expect(worst(learner.read('si/tensor/importance'), loop(other, start, 0.5, 12, 3).importance)).toBeGreaterThan(
        1e-3,
      )
  })
})

describe('the path of si', () => {
  /** Path integrals of the last experience of `experiences`, from importance and movement, and the fall of its loss. */
  const fall = (method: readonly AnyStrategy[], rate: number, steps: number, experiences: number) => {
    const learner = descending(method, rate, steps)
    for (let i = 1; i < experiences; i++) learner.learn()
    const [before, start] = [learner.read('si/tensor/importance'), learner.read('params')]
    learner.learn()
    const [after, end] = [learner.read('si/tensor/importance'), learner.read('params')]
    const path = after.map((v, i) => (v - (before[i] ?? 0)) * (((end[i] ?? 0) - (start[i] ?? 0)) ** 2 + options.xi))
    const rows = rowsOf(stream, experiences - 1)
    return { sum: path.reduce((a, b) => a + b, 0), drop: lossOf(start, rows) - lossOf(end, rows) }
  }

  it('sums to the fall of the loss to first order: half the step, half the difference', () => {
    const method = [made({ c: 0, rectify: 'off' })]
    const differences = [20, 40, 80].map((steps) => {
      const { sum, drop } = fall(method, 10 / steps, steps, 1)
      return (sum - drop) / drop
    })
    const [a = 0, b = 0, c = 0] = differences
    expect(a).toBeGreaterThan(0.01)
    // second order takes its share of the ratio: up to 10 %, then up to 5 %
    expect(a / b).toBeGreaterThan(1.8)
    expect(a / b).toBeLessThan(2.2)
    expect(b / c).toBeGreaterThan(1.9)
    expect(b / c).toBeLessThan(2.1)
  })

  it('is of the loss on the incoming rows whatever else moves the parameters: replayed rows are not credited', () => {
    const decoded = decodeWith(replayPlugin.options, { capacity: 40, rows: 16 })
    if (E.isLeft(decoded)) throw new Error('options of replay')
    const replay = replayPlugin.make(decoded.right)
    const { sum, drop } = fall([made({ rectify: 'off' }), ...replay], 0.1, 40, 2)
    const total = fall([made({ rectify: 'off', gradient: 'total' }), ...replay], 0.1, 40, 2)
    expect(drop).toBeGreaterThan(0.01)
    expect(Math.abs(sum - drop)).toBeLessThan(0.03 * drop)
    expect(Math.abs(total.sum - total.drop)).toBeGreaterThan(0.1 * drop)
  })
})

describe('the boundary of si', () => {
  const tensors = {
    path: input('path', [size]),
    importance: input('importance', [size]),
    anchor: input('anchor', [size]),
  }
  const env = {
    params: [0.5, -1, 2, 0.25, 0, 1.5],
    anchor: [0.5, 1, 1, 0, 0, 1],
    path: [0.2, -0.4, 3, -1, 0, 0.1],
    importance: [1, 2, 0, 0.5, 0, 3],
  }
  const added = (path: readonly number[]): readonly number[] =>
    path.map((p, i) => p / (((env.params[i] ?? 0) - (env.anchor[i] ?? 0)) ** 2 + 0.1))
  const summed = added(env.path).map((a, i) => a + (env.importance[i] ?? 0))

  it.each([
    ['off', summed],
    ['sum', summed.map((s) => Math.max(0, s))],
    ['integral', added(env.path.map((p) => Math.max(0, p))).map((a, i) => a + (env.importance[i] ?? 0))],
  ] as const)('adds the path divided by the damped squared movement, rectified: %s', (rectify, wanted) => {
    const changed = phaseOf(made({ rectify }), 'anchor').commit?.(scopeOf(1, { tensors }))?.tensors
    // 0.1 is rounded to f32
    expect(worst(valuesOf(changed?.importance, env), wanted)).toBeLessThan(1e-7)
    expect(valuesOf(changed?.anchor, env)).toEqual(env.params)
    expect(valuesOf(changed?.path, env)).toEqual(env.path.map(() => 0))
  })
})

describe('options of si', () => {
  it('refuse the proximal step where importance may be negative', () => {
    const decoded = decodeWith(siPlugin.options, { c: 1, step: 'proximal', rectify: 'off' })
    expect(E.isLeft(decoded) && decoded.left.map((p) => [p.path, p.expected])).toEqual([
      ['step', "'explicit' unless rectify is 'sum' or 'integral'"],
    ])
  })
})
