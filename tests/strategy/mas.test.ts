import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { input, mul, square, sum } from '../../src/graph/ops.js'
import { mlp } from '../../src/nn/mlp.js'
import { mas, type MasOptions } from '../../src/strategy/mas.js'
import { tinyLearner } from '../support/learner.js'
import { worst } from '../support/scope.js'
import { rowsOf } from '../support/softmaxRegression.js'
import { tinyStream } from '../support/tiny.js'

const [inputs, outputs] = [6, 6]
const network = mlp({ inputs, hidden: [5], outputs, initialiser: 'pytorch' })

/** The batched rule written as a loop: mean over rows of |d |competing logits|^2 / d theta|, in f64. */
const loop = (kind: 'class' | 'task', experience: number, theta: readonly number[]): readonly number[] => {
  const stream = tinyStream(kind)
  const active = stream.contexts[experience]?.active ?? []
  const params = input('params', [network.layout.size])
  const { logits } = network.apply(params, input('x', [1, inputs]))
  const gradient = grad(sum(mul(square(logits), input('active', [outputs]))), params)
  const competing = Array.from({ length: outputs }, (_, k) => (active.includes(k) ? 1 : 0))
  const rows = rowsOf(stream, experience)
  const total = theta.map(() => 0)
  for (const { x } of rows) {
    const env = { params: theta, x: x.slice(0, inputs), active: competing }
    evaluate([gradient], env, 'f64')[0]?.forEach((g, i) => {
      total[i] = (total[i] ?? 0) + Math.abs(g) / rows.length
    })
  }
  return total
}

const options: MasOptions = { lambda: 1, accumulate: 'mean', rows: 'all', step: 'explicit', batch: 16 }

/** Learns two experiences: the loop at each boundary, and what mas holds at the end. */
const learned = (changes: Partial<MasOptions>, kind: 'class' | 'task' = 'class') => {
  const learner = tinyLearner([mas({ ...options, ...changes })], { stream: tinyStream(kind), hidden: [5] })
  const boundaries = [0, 1].map((experience) => {
    learner.learn()
    const theta = learner.read('params')
    return { theta, wanted: loop(kind, experience, theta) }
  })
  return { boundaries, importance: learner.read('mas/tensor/importance'), anchor: learner.read('mas/tensor/anchor') }
}

// f32 sums of 40 rows against f64: 1e-5 of the largest
describe('the importance that a run of mas finds', () => {
  it.each(['class', 'task'] as const)('is the mean over experiences of a loop over their rows (%s)', (kind) => {
    const { boundaries, importance, anchor } = learned({}, kind)
    const [a, b] = boundaries
    const mean = (a?.wanted ?? []).map((f, i) => (f + (b?.wanted[i] ?? 0)) / 2)
    expect(worst(importance, mean)).toBeLessThan(1e-5)
    expect(anchor).toEqual(b?.theta)
  })

  it('is their sum, where importances are added up', () => {
    const { boundaries, importance } = learned({ accumulate: 'sum' })
    const [a, b] = boundaries
    const sums = (a?.wanted ?? []).map((f, i) => f + (b?.wanted[i] ?? 0))
    expect(worst(importance, sums)).toBeLessThan(1e-5)
  })

  it('leaves heads of other contexts alone, where contexts own their outputs', () => {
    const learner = tinyLearner([mas(options)], { stream: tinyStream('task') })
    learner.learn()
    // softmax regression: outputs 0 and 1 are those of the first context
    learner.read('mas/tensor/importance').forEach((f, i) => {
      expect(f > 0, `${i}`).toBe(i % outputs < 2)
    })
  })

  it('does not depend on the rows of a batch, and is divided by the rows drawn', () => {
    const found = [{ batch: 40 }, { batch: 7 }, { batch: 7, rows: 40 }].map((changes) => {
      const learner = tinyLearner([mas({ ...options, ...changes })])
      learner.learn()
      return learner.read('mas/tensor/importance')
    })
    for (const other of found) expect(worst(other, found[0] ?? [])).toBeLessThan(1e-6)
    const few = tinyLearner([mas({ ...options, rows: 20 })])
    few.learn()
    expect(few.read('mas/tensor/rows')).toEqual([20])
  })
})
