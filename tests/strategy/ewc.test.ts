import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { ewc, type EwcOptions, ewcPlugin } from '../../src/strategy/ewc.js'
import { tinyLearner } from '../support/learner.js'
import { phaseOf, scopeOf, size, valueOf, valuesOf, worst } from '../support/scope.js'
import { tinyStream } from '../support/tiny.js'

const made = (changes: Partial<EwcOptions>): AnyStrategy =>
  ewc({
    lambda: 3,
    mode: 'online',
    gamma: 1,
    fisher: 'exact',
    rows: 'all',
    divisor: 'N',
    step: 'explicit',
    batch: 16,
    ...changes,
  })

const params = [0.5, -1, 2, 0.25, 0, 1.5]
/** Two contexts: anchors and importances with nothing in common. */
const anchors = [
  [1, -1, 0, 0.5, 0.25, 1],
  [-0.5, 2, 1, 0, -1, 0.75],
]
const importances = [
  [0.1, 2, 0.5, 4, 1, 0.25],
  [3, 0.2, 1, 0.5, 0, 8],
]
const held = (contexts: number) => ({
  importance: input('importance', [size * contexts]),
  anchor: input('anchor', [size * contexts]),
})
const first = { params, importance: importances[0] ?? [], anchor: anchors[0] ?? [] }
const both = { params, importance: importances.flat(), anchor: anchors.flat() }
/** sum_i F_i (theta_i - anchor_i)^2 of one context. */
const distance = (context: number): number =>
  params.reduce((sum, p, i) => sum + (importances[context]?.[i] ?? 0) * (p - (anchors[context]?.[i] ?? 0)) ** 2, 0)

describe('the penalty of ewc', () => {
  it('is lambda / 2 times the squared distance to the anchor, weighted by importance', () => {
    const terms = made({}).objective?.(scopeOf(2, { tensors: held(1) })) ?? []
    expect(terms.map((t) => t.name)).toEqual(['penalty'])
    expect(valueOf(terms[0]?.value, first)).toBeCloseTo(1.5 * distance(0), 12)
  })

  it('is the sum over past contexts in mode multi, each with its own anchor and importance', () => {
    const terms = made({ mode: 'multi' }).objective?.(scopeOf(2, { tensors: held(2) })) ?? []
    expect(terms.map((t) => t.name)).toEqual(['penalty'])
    expect(valueOf(terms[0]?.value, both)).toBeCloseTo(1.5 * (distance(0) + distance(1)), 12)
  })

  it('is absent before the first boundary, and when the step is proximal', () => {
    expect(made({}).objective?.(scopeOf(0, { tensors: held(1) }))).toEqual([])
    expect(made({ step: 'proximal' }).objective?.(scopeOf(1, { tensors: held(1) }))).toEqual([])
  })

  it('is minimised together with the squared distance to the step in mode proximal', () => {
    const after = input('after', [size])
    const changed = made({ step: 'proximal', mode: 'multi' }).commit?.(scopeOf(2, { tensors: held(2), after }))
    const stepped = [1, 2, -3, 4, -5, 6]
    const wanted = stepped.map((x, i) => {
      // the minimiser of (p - x)^2 / 2 + rate lambda / 2 sum_c F_c (p - anchor_c)^2
      const pulls = [0, 1].map((c) => 0.25 * 3 * (importances[c]?.[i] ?? 0))
      return pulls.reduce((sum, pull, c) => sum + pull * (anchors[c]?.[i] ?? 0), x) / pulls.reduce((a, b) => a + b, 1)
    })
    expect(worst(valuesOf(changed?.params, { ...both, after: stepped }), wanted)).toBeLessThan(1e-14)
  })
})

describe('the boundary of ewc', () => {
  const fisher = [10, 20, 0, 5, 40, 1]
  const sums = { fisher: input('fisher', [size]), rows: input('rows', []) }
  const commit = (changes: Partial<EwcOptions>, experience: number, contexts: number) => {
    const tensors = { ...sums, ...held(contexts) }
    return phaseOf(made(changes), 'anchor').commit?.(scopeOf(experience, { tensors }))?.tensors
  }
  const wanted = (gamma: number, divisor: number): readonly number[] =>
    fisher.map((f, i) => gamma * (importances[0]?.[i] ?? 0) + f / divisor)

  it.each([
    ['N', 1, 5],
    ['N', 0.5, 5],
    ['N', 0, 5],
    ['N-1', 1, 4],
    ['N-1', 0.25, 4],
  ] as const)('adds the mean over rows (divisor %s) to the importance decayed by %d', (divisor, gamma, by) => {
    const changed = commit({ gamma, divisor }, 2, 1)
    const env = { ...first, fisher, rows: 5 }
    expect(worst(valuesOf(changed?.importance, env), wanted(gamma, by))).toBeLessThan(1e-14)
    expect(valuesOf(changed?.anchor, env)).toEqual(params)
  })

  it.each([
    ['N', 5],
    ['N-1', 4],
  ] as const)('keeps past contexts and appends this one in mode multi (divisor %s)', (divisor, by) => {
    const env = { params, importance: [...first.importance, ...fisher], anchor: [...first.anchor, ...fisher] }
    const changed = commit({ mode: 'multi', divisor }, 2, 2)
    expect(valuesOf(changed?.importance, { ...env, fisher, rows: 5 })).toEqual([
      ...first.importance,
      ...fisher.map((f) => f / by),
    ])
    expect(valuesOf(changed?.anchor, { ...env, fisher, rows: 5 })).toEqual([...first.anchor, ...params])
  })
})

describe('the options of ewc', () => {
  it('refuse a decay where there is no sum that decays', () => {
    const decoded = (mode: string) => ewcPlugin.options.decode({ lambda: 1, mode, gamma: 0.5 })._tag
    expect([decoded('online'), decoded('multi')]).toEqual(['Right', 'Left'])
  })
})

describe('the importance that a run of ewc finds', () => {
  const [inputs, outputs] = [6, 6]

  /** Mean over the rows of an experience of x_i^2 p_k (1 - p_k): the exact Fisher information of softmax regression. */
  const closedForm = (kind: 'class' | 'task', experience: number, theta: readonly number[]) => {
    const stream = tinyStream(kind)
    const rows = stream.experiences[experience]?.load()
    const active = stream.contexts[experience]?.active ?? []
    const total = Array.from({ length: (inputs + 1) * outputs }, () => 0)
    for (let row = 0; row < (rows?.size ?? 0); row++) {
      // the last input is the bias's
      const x = [...(rows?.pixels.subarray(row * inputs, (row + 1) * inputs) ?? [])].map((p) => p / 16).concat(1)
      const e = Array.from({ length: outputs }, (_, k) =>
        active.includes(k) ? Math.exp(x.reduce((z, xi, i) => z + xi * (theta[i * outputs + k] ?? 0), 0)) : 0,
      )
      const sum = e.reduce((a, b) => a + b, 0)
      total.forEach((value, j) => {
        const p = (e[j % outputs] ?? 0) / sum
        total[j] = value + ((x[Math.floor(j / outputs)] ?? 0) ** 2 * p * (1 - p)) / 40
      })
    }
    return total
  }

  /** Learns two experiences: the closed form and the parameters at each boundary, and what ewc holds at the end. */
  const learned = (changes: Partial<EwcOptions>, kind: 'class' | 'task') => {
    const learner = tinyLearner([made(changes)], { stream: tinyStream(kind) })
    const boundaries = [0, 1].map((experience) => {
      learner.learn()
      const theta = learner.read('params')
      return { theta, fisher: closedForm(kind, experience, theta) }
    })
    return { boundaries, importance: learner.read('ewc/tensor/importance'), anchor: learner.read('ewc/tensor/anchor') }
  }

  it('is the mean over all rows of each experience, summed with decay, and the anchor is where the last one ended', () => {
    const { boundaries, importance, anchor } = learned({ gamma: 0.5 }, 'class')
    const [a, b] = boundaries
    const sum = (b?.fisher ?? []).map((f, i) => f + 0.5 * (a?.fisher[i] ?? 0))
    expect(worst(importance, sum)).toBeLessThan(1e-5)
    expect(anchor).toEqual(b?.theta)
  })

  it('is held for each experience in mode multi, over the outputs that compete in it', () => {
    const { boundaries, importance, anchor } = learned({ mode: 'multi' }, 'task')
    const wanted = boundaries.flatMap(({ fisher }) => fisher)
    expect(worst(importance, wanted)).toBeLessThan(1e-5)
    expect(anchor).toEqual(boundaries.flatMap(({ theta }) => theta))
  })

  it.each(['exact', 'weighted'] as const)('does not depend on the rows per step, to rounding of f32 (%s)', (fisher) => {
    const [whole = [], ...others] = [{ batch: 40 }, { batch: 7 }, { batch: 7, rows: 40 }].map((changes) => {
      const learner = tinyLearner([made({ fisher, ...changes })])
      learner.learn()
      return learner.read('ewc/tensor/importance')
    })
    expect(whole.every((f) => f >= 0)).toBe(true)
    for (const other of others) expect(worst(other, whole)).toBeLessThan(1e-6)
  })

  it('is divided by the batches, when squares are of their mean gradients', () => {
    const learner = tinyLearner([made({ fisher: 'batched', batch: 16 })])
    learner.learn()
    expect(learner.read('ewc/tensor/rows')).toEqual([3])
  })

  it('is divided by the rows drawn, when fewer than all are', () => {
    const learner = tinyLearner([made({ rows: 20, fisher: 'empirical' })])
    learner.learn()
    expect(learner.read('ewc/tensor/rows')).toEqual([20])
    const [sum, importance] = [learner.read('ewc/tensor/fisher'), learner.read('ewc/tensor/importance')]
    expect(
      worst(
        importance,
        sum.map((f) => f / 20),
      ),
    ).toBeLessThan(1e-6)
  })
})
