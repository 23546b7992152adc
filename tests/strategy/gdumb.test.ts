import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/ops.js'
import { key } from '../../src/random/key.js'
import { digestOf } from '../../src/record/digest.js'
import type { AnyAt, AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { gdumb, type GdumbOptions } from '../../src/strategy/gdumb.js'
import { createSteppers, learn } from '../../src/train/experience.js'
import { createLearner } from '../../src/train/learner.js'
import { stateNow } from '../../src/train/networkState.js'
import { query } from '../../src/train/query.js'
import { tinyLearner } from '../support/learner.js'
import { phaseOf, scopeOf, size, valuesOf, worst } from '../support/scope.js'
import { learnedIn, tinyInput, tinyRun } from '../support/tiny.js'

const options: GdumbOptions = {
  capacity: 24,
  fill: 'greedy-balanced',
  passes: 12,
  batch: 10,
  rate: 0.1,
  least: 0.001,
  warm: 0.1,
  period: 1,
  longer: 2,
  momentum: 0.9,
  decay: 1e-3,
  clip: 10,
}
const made = (changes: Partial<GdumbOptions> = {}): AnyStrategy => gdumb({ ...options, ...changes })
const plain = { kind: 'mlp', hidden: [8], initialiser: 'pytorch' } as const
/** The published network, narrower. */
const normalised = {
  ...plain,
  hidden: [8, 8],
  normalised: 'all',
  normalisation: { kind: 'batch', epsilon: 1e-6, statistics: 'continue' },
} as const

const average = (row: readonly number[] = []): number => row.reduce((a, b) => a + b, 0) / row.length

/** What the network learns from at a query: the rate of each step, in order. */
const rates = (changes: Partial<GdumbOptions>): readonly (readonly number[])[] => {
  const strategy = made(changes)
  const found: number[][] = []
  const [retrain] = strategy.phases ?? []
  if (retrain === undefined) throw new Error('gdumb has no phase')
  const watched: AnyStrategy = {
    ...strategy,
    phases: [
      {
        ...retrain,
        observe: (host, { index, emits }) => {
          if (index === 0) found.push([])
          found.at(-1)?.push(emits.rate?.[0] ?? Number.NaN)
          return host
        },
      },
    ],
  }
  tinyRun([watched])
  return found
}

describe('the learning rate of gdumb', () => {
  it('warms up for a pass, then falls along cosines of 1, 2, 4 … passes, the same within a pass', () => {
    // the third query: 24 rows, three batches a pass
    const found = rates({})[2] ?? []
    const fallen = [0, 0, 0, 1 / 2, 0, 1 / 4, 2 / 4, 3 / 4, 0, 1 / 8, 2 / 8, 3 / 8]
    const wanted = fallen.flatMap((f, pass) => {
      const rate = pass === 0 ? 0.01 : 0.001 + ((0.1 - 0.001) * (1 + Math.cos(Math.PI * f))) / 2
      return [rate, rate, rate]
    })
    expect(worst(found, wanted)).toBeLessThan(1e-6)
  })

  it('is one cosine, or constant, when told so', () => {
    const one = rates({ warm: 1, period: 12, longer: 1, batch: 24 })[2] ?? []
    expect(one.length).toBe(12)
    expect(one.every((rate, pass) => pass === 0 || rate < (one[pass - 1] ?? 0))).toBe(true)
    expect(new Set(rates({ warm: 1, least: 0.1 })[2]).size).toBe(1)
  })
})

describe('a step of gdumb', () => {
  const params = [0.5, -1, 2, 0.25, 0, 1.5]
  const gradient = [3, -4, 12, 0, 84, 1]
  const velocity = [1, 2, 3, -4, 0, 0.5]

  it.each([
    ['off', 1],
    [10, 10 / Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))],
    [100, 1],
  ] as const)('is gradient descent with momentum and decay, the gradient clipped at %s', (clip, factor) => {
    const c = scopeOf(0, {
      gradient: input('gradient', [size]),
      tensors: { velocity: input('velocity', [size]) },
      feeds: { top: input('top', []), fallen: input('fallen', []) },
    })
    const changed = phaseOf(made({ clip, decay: 0.5 }), 'retrain').commit?.(c)
    const env = { params, gradient, velocity, top: 0.1, fallen: 0.5 }
    const rate = 0.001 + (0.1 - 0.001) / 2
    // constants of a graph are f32: relative errors of 2^-24
    const after = gradient.map((g, i) => 0.9 * (velocity[i] ?? 0) + factor * g + 0.5 * (params[i] ?? 0))
    expect(worst(valuesOf(changed?.tensors?.velocity, env), after)).toBeLessThan(1e-7)
    const stepped = params.map((p, i) => p - rate * (after[i] ?? 0))
    expect(worst(valuesOf(changed?.params, env), stepped)).toBeLessThan(1e-7)
  })
})

describe('crops of gdumb', () => {
  /** What the host was asked for in a run, and the run. */
  const watched = (crop?: number) => {
    const strategy = made(crop === undefined ? {} : { crop })
    const asked: Record<string, Float32Array[]> = { down: [], across: [] }
    const feeds = Object.entries(strategy.feeds ?? {}).map(([name, feed]) => [
      name,
      {
        ...feed,
        from: (at: AnyAt) => {
          const value = feed.from(at)
          if (typeof value !== 'number') asked[name]?.push(value.slice())
          return value
        },
      },
    ])
    const log = tinyRun([{ ...strategy, feeds: Object.fromEntries(feeds) }])
    return { log, asked, cost: log.costs.phases['gdumb/retrain'] }
  }

  it('are drawn anew for each step, each query and both axes, and charged as the operations they are', () => {
    const [without, crops] = [watched(), watched(1)]
    expect(without.asked).toEqual({ down: [], across: [] })
    const { down = [], across = [] } = crops.asked
    // three queries of 36 steps, 10 rows and three places a step
    expect([down.length, across.length, down[0]?.length]).toEqual([3 * 36, 3 * 36, 10 * 3])
    expect(new Set([...down, ...across].map(digestOf)).size).toBeGreaterThan(6 * 36 - 2)
    expect(crops.cost?.macs).toBe(without.cost?.macs)
    // along each axis three products and two sums for each pixel
    const perPixel = ((crops.cost?.operations ?? 0) - (without.cost?.operations ?? 0)) / (3 * 36 * 10 * 6)
    expect(perPixel).toBe(2 * 5)
  })

  it('change what is learned, and nothing where there are none', () => {
    const [without, none, crops] = [watched(), watched(0), watched(1)].map(({ log }) => learnedIn(log).accuracy)
    expect(none).toEqual(without)
    expect(crops).not.toEqual(without)
  })

  it('go through networks that keep statistics, also where the last batch of a pass has one row', () => {
    for (const batch of [10, 23]) {
      const log = tinyRun([made({ batch, crop: 1 })], 'class', { model: normalised })
      expect(log.status.kind).toBe('complete')
      expect(log.traces.map(({ granted }) => granted)).toEqual([0, 1, 2].map(() => 12 * Math.ceil(24 / batch)))
    }
  })
})

describe('what gdumb learns', () => {
  it('is nothing from the stream: the parameters that the run ends with are the first ones', () => {
    const { world } = tinyLearner([], { hidden: [8] })
    const log = tinyRun([made()])
    expect(log.parameters?.sha256).toBe(digestOf(Float32Array.from(world.store.read('params'))))
    expect(log.experiences.map(({ loss, terms }) => [loss, terms])).toEqual([0, 1, 2].map(() => [null, {}]))
  })

  it('is more than naive training knows at the end of a class-incremental stream, and more than chance in the others', () => {
    const last = (method: AnyStrategy[], kind: 'class' | 'task' | 'domain'): number => {
      const log = tinyRun(method, kind)
      expect(log.status.kind).toBe('complete')
      return average(log.accuracy.matrix[2])
    }
    const strategy = made({ passes: 60 })
    expect(last([strategy], 'class')).toBeGreaterThan(last([], 'class') + 0.2)
    for (const kind of ['task', 'domain'] as const) expect(last([strategy], kind)).toBeGreaterThan(0.6)
  })

  it.each([
    ['', plain],
    [', with running statistics', normalised],
  ] as const)('is the same however often it is queried, and every query is charged%s', (_, model) => {
    const { stream, optimiser, training } = tinyInput([])
    const often = (each: number) => {
      const learner = createLearner({ model, optimiser, batch: 8, stream, method: [made()], key: key(1) })
      const steppers = createSteppers(learner)
      const everyContext = [0, 1, 2]
      const look = (): readonly number[] =>
        (query(learner, steppers, everyContext).measured ?? []).map(({ accuracy }) => accuracy)
      let queries = 0
      const matrix = stream.experiences.map((experience) => {
        learn(learner, steppers, {
          experience,
          steps: () => training.iterations ?? 0,
          rest: 'drop',
          boundary: 'keep',
          balance: 0,
          onStep: (step) => {
            if (step % each !== 0) return
            queries++
            look()
          },
          onPhase: () => undefined,
        })
        queries++
        return look()
      })
      const { steps = 0, spent } = learner.ledger.phases.get('gdumb/retrain') ?? {}
      const params = [...learner.world.store.read('params')]
      // a mean of 0 and a variance of 1 for each unit that is normalised, as at first
      expect([...(stateNow(learner.world) ?? [])]).toEqual([...(learner.world.network.state?.initial ?? [])])
      return { matrix, queries, steps, macs: spent?.macs ?? 0, params }
    }
    const [seldom, more] = [often(1000), often(5)]
    expect(more.matrix).toEqual(seldom.matrix)
    expect(more.params).toEqual(seldom.params)
    expect([seldom.queries, more.queries]).toEqual([3, 18])
    // 24 rows are held from the third step on: 12 passes of 3 steps
    expect([seldom.steps, more.steps]).toEqual([3 * 36, 18 * 36])
    expect(more.macs).toBe(6 * seldom.macs)
    expect(learnedIn(tinyRun([made()], 'class', { model })).accuracy.matrix).toEqual(seldom.matrix)
    expect(average(seldom.matrix[2])).toBeGreaterThan(1 / 6)
  })

  it('begins anew at each query, from a draw of its own', () => {
    const strategy = made({ passes: 1, batch: 24, rate: 1e-30, least: 0, decay: 0 })
    const [retrain] = strategy.phases ?? []
    if (retrain === undefined) throw new Error('gdumb has no phase')
    const starts: string[] = []
    const watched: AnyStrategy = {
      ...strategy,
      phases: [
        {
          ...retrain,
          commit: (c) => ({ ...retrain.commit?.(c), emits: { params: c.params } }),
          observe: (host, { emits }) => {
            starts.push(digestOf(emits.params ?? new Float32Array(0)))
            return host
          },
        },
      ],
    }
    const first = tinyRun([watched]).parameters?.sha256 ?? ''
    expect(starts.length).toBe(3)
    expect(new Set([...starts, first]).size).toBe(4)
  })

  it('keeps rows and nothing else: the velocity is there only while it trains', () => {
    const { buffers, strategy } = tinyRun([made()]).costs.bytes
    expect([buffers, strategy]).toEqual([24 * (6 + 4), 0])
  })

  it('is charged for in the run, and reads every row kept once in a pass', () => {
    const log = tinyRun([made()])
    const { steps, rows, macs } = log.costs.phases['gdumb/retrain'] ?? {}
    expect([steps, rows]).toEqual([3 * 36, { 'gdumb/memory': 3 * 12 * 24 }])
    expect(macs).toBeGreaterThan(0)
    expect(log.traces.map(({ asked, granted }) => [asked, granted])).toEqual([0, 1, 2].map(() => [36, 36]))
  })

  it('is balanced over the classes met, to one row', () => {
    const learner = tinyLearner([made({ capacity: 25 })])
    for (const classes of [2, 4, 6]) {
      learner.learn()
      const { labels, size: held } = learner.world.buffers.get('gdumb/memory') ?? { labels: [], size: 0 }
      const counts = Array.from({ length: classes }, (_, k) => labels.slice(0, held).filter((l) => l === k).length)
      expect(counts.reduce((a, b) => a + b, 0)).toBe(25)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  it('is refused where a buffer is smaller than the number of outputs', () => {
    const facts = { kind: 'class', outputs: 10, contexts: 5, experiences: 5 } as const
    expect(made({ capacity: 9 }).refuse?.(facts)).toEqual([
      "'gdumb' (capacity 9): fewer rows than the 10 outputs; 10 or more",
    ])
    expect(made({ capacity: 10 }).refuse?.(facts)).toEqual([])
  })
})
