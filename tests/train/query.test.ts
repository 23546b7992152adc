import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import { add, broadcast, column, div, log, mul, oneHot, square, sub, sum } from '../../src/graph/ops.js'
import type { AnyPhase, AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { query } from '../../src/train/query.js'
import { outputMask } from '../../src/strategy/outputMask.js'
import { trainedOf } from '../../src/train/trained.js'
import { drawOfAll } from '../../src/strategy/pastDraws.js'
import { keepBy } from '../../src/strategy/keepBy.js'
import { policies } from '../../src/memory/policies.js'
import { changed, keptBy } from '../support/kept.js'
import { tinyLearner } from '../support/learner.js'
import { tinyRun, tinyStream } from '../support/tiny.js'

const draws = { rows: drawOfAll({ rows: 8, order: 'uniform' }) }

/** Keeps a reservoir and, at each query, does what `phase` says. */
const asker = (phase: Partial<AnyPhase>, more: Partial<AnyStrategy> = {}): AnyStrategy => ({
  name: 'asker',
  rights: {},
  buffers: { memory: { capacity: 12, columns: {} } },
  keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } },
  phases: [{ name: 'ask', when: { on: 'query' }, steps: 1, ...phase }],
  ...more,
})

/** Trains the network on rows of the memory, and writes all that a phase can write. */
const busy = (network: Partial<AnyPhase> = {}): AnyStrategy =>
  asker(
    {
      steps: 5,
      draws,
      objective: ({ network, params, losses, mean, batches: { rows } }) =>
        rows === undefined
          ? []
          : [{ name: 'loss', value: mean(losses(network.apply(params, rows.x).logits, rows.y, rows), rows) }],
      commit: ({ tensors, params }) => ({
        tensors: { tensor: add(tensors.tensor ?? 0, 1) },
        emits: { norm: sum(square(params)) },
      }),
      accumulate: (statistics) => {
        statistics.statistic?.fill(7)
      },
      observe: (host) => (typeof host === 'number' ? host + 1 : host),
      ...network,
    },
    {
      tensors: { tensor: { shape: () => [3], init: 2 } },
      statistics: { statistic: { shape: () => [2] } },
      host: { init: 0 },
    },
  )

const everywhere = [0, 1, 2]
/** A learner after `experiences` of the tiny stream, and a way to ask it. */
const asked = (strategy: AnyStrategy, experiences = 1) => {
  const learner = tinyLearner([strategy])
  for (let i = 0; i < experiences; i++) learner.learn()
  return { ...learner, ask: () => query(learner, learner.steppers, everywhere) }
}
const accuracies = ({ measured }: ReturnType<typeof query>) => measured?.map(({ accuracy }) => accuracy)

describe('a phase at queries', () => {
  const fixed =
    (
      output: (strategy: { readonly tensors: Readonly<Record<string, Expr>> }) => Expr,
    ): NonNullable<AnyStrategy['predict']> =>
    ({ x, tensors }) =>
      broadcast(output({ tensors }), [x.shape[0] ?? 0, 6])

  it('writes what the prediction of this measurement reads, and nothing after it', () => {
    // scores become those of the label of the first row drawn, which is 1 or 0 after the first experience
    const strategy = asker(
      {
        draws: { rows: { ...drawOfAll({ rows: 1, order: 'uniform' }), pick: () => Int32Array.of(0) } },
        commit: ({ batches: { rows } }) =>
          rows === undefined ? {} : { tensors: { scores: sum(oneHot(rows.y, 6), 0) } },
      },
      {
        tensors: {
          scores: { shape: () => [6], init: (_key, { outputs }) => Array.from({ length: outputs }, (_, k) => k) },
        },
        predict: fixed(({ tensors }) => tensors.scores ?? add(0, 0)),
      },
    )
    const { ask, evaluator, read } = asked(strategy)
    // without the phase output 5 has the highest score
    expect(evaluator.measure(everywhere)?.map(({ accuracy }) => accuracy)).toEqual([0, 0, 0.5])
    expect(accuracies(ask())).toEqual([0.5, 0, 0])
    expect(read('asker/tensor/scores')).toEqual([0, 1, 2, 3, 4, 5])
    expect(evaluator.measure(everywhere)?.map(({ accuracy }) => accuracy)).toEqual([0, 0, 0.5])
  })

  it.each([
    ['the network of the wake', {}],
    ['a fresh network', { network: 'fresh' } as const],
    ['fresh working memory', { fresh: ['tensor', 'statistic'] }],
  ])('leaves parameters, moments, tensors, statistics, host data and rows as they were: %s', (_, options) => {
    const learner = asked(busy(options), 2)
    const before = keptBy(learner)
    learner.ask()
    expect(changed(before, keptBy(learner))).toEqual([])
  })

  it('says the same however often it is asked, and another thing after more was learned', () => {
    const keys: unknown[] = []
    const seen = {
      ...draws.rows,
      pick: (...[from, at]: Parameters<typeof draws.rows.pick>) => {
        keys.push(at.key)
        return draws.rows.pick(from, at)
      },
    }
    const learner = asked(asker({ draws: { rows: seen } }))
    learner.ask()
    learner.ask()
    const [a, b] = [new Set(keys.map((k) => JSON.stringify(k))), keys.length]
    learner.learn()
    learner.ask()
    const all = new Set(keys.map((k) => JSON.stringify(k)))
    expect([a.size, all.size]).toEqual([1, 2])
    expect(keys.length).toBe((b / 2) * 3)
  })

  it('is counted every time, under its own name and not as training', () => {
    const learner = asked(busy())
    const training = learner.ledger.training.macs
    learner.ask()
    const once = learner.ledger.phases.get('asker/ask')?.spent.macs ?? 0
    learner.ask()
    expect(once).toBeGreaterThan(0)
    expect(learner.ledger.phases.get('asker/ask')).toMatchObject({ spent: { macs: 2 * once }, steps: 10 })
    expect(learner.ledger.training.macs).toBe(training)
  })

  it('runs before each measurement of a run, after the network was initialised as well', () => {
    const log = tinyRun([busy()])
    // 4 measurements of 5 steps; rows are drawn in those after an experience
    expect(log.costs.phases['asker/ask']?.steps).toBe(20)
    expect(log.costs.phases['asker/ask']?.rows).toEqual({ 'asker/memory': 3 * 5 * 8 })
  })

  it('is bound by its budget, and traced where it asks for steps', () => {
    const learner = asked(busy({ budget: { macs: 0 } }))
    expect(learner.ask().traces.map(({ phase, asked, granted }) => [phase, asked, granted])).toEqual([['ask', 5, 0]])
    expect(asked(busy({ steps: 0 })).ask().traces).toEqual([])
  })

  it('that ends in a value that is not finite measures nothing, and puts everything back', () => {
    const wild = busy({ commit: ({ params }) => ({ emits: { norm: log(sub(0, square(sum(params)))) } }) })
    const learner = asked(wild)
    const before = keptBy(learner)
    expect(learner.ask().measured).toBeUndefined()
    expect(changed(before, keptBy(learner))).toEqual([])
    expect(() => tinyRun([wild])).toThrow('not finite')
    const late = busy({
      commit: ({ tensors, batches: { rows } }) => ({
        emits: { norm: rows === undefined ? add(0, 0) : div(sum(tensors.tensor ?? add(0, 0)), mul(0, sum(rows.x))) },
      }),
    })
    expect(tinyRun([late]).status.kind).toBe('diverged')
  })

  it('is done for the model that is exported, and the parameters are those of the wake', () => {
    const strategy = (init: readonly number[], phases: readonly AnyPhase[]): AnyStrategy => ({
      name: 'asker',
      rights: {},
      tensors: { scores: { shape: () => [6], init: () => init } },
      // the rows count, but by nothing
      predict: ({ x, tensors }) =>
        add(broadcast(tensors.scores ?? add(0, 0), [x.shape[0] ?? 0, 6]), mul(0, column(sum(x, 1)))),
      phases,
    })
    const ask: AnyPhase = {
      name: 'ask',
      when: { on: 'query' },
      network: 'fresh',
      steps: 1,
      commit: () => ({ tensors: { scores: outputMask([0], 6) } }),
    }
    const model = (method: AnyStrategy) => {
      const trained = trainedOf(asked(method))
      const made = trained.model({})
      return { values: trained.values, bytes: E.isRight(made) ? made.right.bytes : made.left }
    }
    const without = model(strategy([1, 0, 0, 0, 0, 0], []))
    expect(model(strategy([0, 0, 0, 0, 0, 0], [ask]))).toEqual(without)
    expect(model(strategy([0, 0, 0, 0, 0, 0], []))).not.toEqual(without)
  })

  it('may keep no rows', () => {
    const keeps = asker({ draws, keep: { memory: { from: 'rows', admit: keepBy(policies.reservoir) } } })
    expect(() => tinyLearner([keeps])).toThrow("strategy 'asker', phase 'ask': a phase at queries works on a copy")
  })

  it('sees what a strategy may see: no boundary that it did not ask for', () => {
    const told: string[] = []
    const strategy = asker({
      draws: {
        rows: {
          ...draws.rows,
          pick: (from, at) => (told.push(...Object.keys(from), ...Object.keys(at)), draws.rows.pick(from, at)),
        },
      },
      steps: (_sizes, at) => (told.push(...Object.keys(at)), 1),
    })
    tinyRun([strategy], 'task', { stream: tinyStream('task') })
    expect(told).toContain('size')
    for (const hidden of ['experience', 'experiences', 'since', 'contexts']) expect(told).not.toContain(hidden)
  })
})
