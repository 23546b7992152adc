import { describe, expect, it } from 'vitest'
import { input } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { cls, type ClsOptions } from '../../src/strategy/cls.js'
import { slowCopy } from '../../src/strategy/slowCopy.js'
import { accuracyOf, tinyLearner } from '../support/learner.js'
import { batchOf, phaseOf, scopeOf, size, valueOf, valuesOf, worst } from '../support/scope.js'
import { tinyRun } from '../support/tiny.js'

const options: ClsOptions = {
  capacity: 12,
  replay: 'on',
  rows: 8,
  consistency: 2,
  target: 'better',
  decay: 0.75,
  sleep: 'boundary',
  steps: 10,
  macs: 2 ** 53 - 1,
  probe: 12,
}
const made = (changes: Partial<ClsOptions> = {}): AnyStrategy => cls({ ...options, ...changes })

describe('the slow copy', () => {
  const [slow, params, updates] = [input('slow', [2]), input('params', [2]), input('updates', [])]
  const after = (n: number, decay: number): readonly number[] =>
    valuesOf(slowCopy(slow, params, updates, decay), { slow: [8, -4], params: [2, 1], updates: n })

  it('is the parameters after the first update', () => {
    expect(after(0, 0.75)).toEqual([2, 1])
  })

  it('is the even average after the second and the third', () => {
    expect(after(1, 0.75)).toEqual([5, -1.5])
    expect(worst(after(2, 0.75), [(2 * 8 + 2) / 3, (2 * -4 + 1) / 3])).toBeLessThan(1e-15)
  })

  it.each([3, 4, 1000])('decays at the given rate once an even average would decay slower (%d updates before)', (n) => {
    expect(after(n, 0.75)).toEqual([0.75 * 8 + 0.25 * 2, 0.75 * -4 + 0.25])
  })

  it('follows every step, awake and asleep, and counts its updates', () => {
    const tensors = { slow: input('slow', [size]), updates: input('updates', []) }
    const c = scopeOf(1, { tensors, after: input('after', [size]) })
    const logits = input('logits', [1, 2])
    const changes = [
      made().commit?.({ ...c, output: { logits, features: logits, activations: [] } }),
      phaseOf(made(), 'sleep').commit?.(c),
    ]
    const env = { slow: [1, 2, 3, 4, 5, 6], after: [0, 0, 8, 8, -4, 4], updates: 7 }
    for (const changed of changes) {
      expect(valuesOf(changed?.tensors?.slow, env)).toEqual([0.75, 1.5, 4.25, 5, 2.75, 5.5])
      expect(valueOf(changed?.tensors?.updates, env)).toBe(8)
    }
  })

  it('averages the parameters of all steps of a run while its decay allows', () => {
    const learner = tinyLearner([made({ decay: 1, macs: 0 })], { steps: 1 })
    const mean: number[] = []
    for (const n of [1, 2, 3]) {
      learner.learn()
      learner.read('params').forEach((p, i) => {
        mean[i] = ((mean[i] ?? 0) * (n - 1) + p) / n
      })
      expect(worst(learner.read('cls/tensor/slow'), mean)).toBeLessThan(1e-6)
    }
    expect(learner.read('cls/tensor/updates')).toEqual([3])
  })

  it('predicts, and the working network does not', () => {
    const learner = tinyLearner([made()])
    const { store, network } = learner.world
    // all weights 0, a bias for one output: it is chosen for every row
    const choosing = (k: number) => {
      const params = new Float32Array(network.layout.size)
      params[network.layout.size - 6 + k] = 1
      return params
    }
    store.write('params', choosing(0))
    store.write('cls/tensor/slow', choosing(3))
    // labels 0 and 1, 2 and 3, 4 and 5 in equal parts
    expect([0, 1, 2].map(accuracyOf(learner))).toEqual([0, 0.5, 0])
  })
})

describe('replayed rows of cls', () => {
  // logits of a network without bias on rows [1, 0], [0, 1] and [1, 1] are the rows of its weight, and their sum
  const params = [0.5, 0.25, -1, 0.5, 0, 0]
  const slow = [1, 0, 0, 2, 0, 0]
  const env = {
    params,
    slow,
    // right and sure; right, and less sure than the slow copy; wrong and sure; padding
    stored: [3, 0, 0, 1, 0, 5, 9, -9],
    'm/x': [1, 0, 0, 1, 1, 1, 1, 0],
    'm/y': [0, 1, 0, 0],
    'm/weights': [1, 1, 1, 0],
  }
  const own = [
    [0.5, 0.25],
    [-1, 0.5],
    [-0.5, 0.75],
  ]
  const recalled = {
    slow: [
      [1, 0],
      [0, 2],
      [1, 2],
    ],
    stored: [
      [3, 0],
      [0, 1],
      [0, 5],
    ],
    // the stored logits give the first row's class the lower loss, the slow copy those of the others
    better: [
      [3, 0],
      [0, 2],
      [1, 2],
    ],
  }
  /** Mean over three rows of the mean squared distance of logits. */
  const distance = (target: readonly (readonly number[])[]): number =>
    own.reduce((s, z, i) => s + z.reduce((r, zk, k) => r + (zk - (target[i]?.[k] ?? 0)) ** 2 / 2, 0) / 3, 0)

  const replay = batchOf('m', 4, { logits: input('stored', [4, 2]) })
  const scope = scopeOf(1, {
    tensors: { slow: input('slow', [size]), updates: input('updates', []) },
    batch: batchOf('batch', 6),
    batches: { replay },
  })

  it.each(['slow', 'stored', 'better'] as const)('are held to the memory that target %s names', (target) => {
    for (const step of [made({ target }), phaseOf(made({ target }), 'sleep')]) {
      const term = step.objective?.(scope).find((t) => t.name === 'consistency')
      expect(valueOf(term?.value, env)).toBeCloseTo(2 * distance(recalled[target]), 12)
    }
  })

  it('have the mean loss over incoming and replayed rows awake, and their own asleep', () => {
    const loss = own.reduce((s, [a = 0, b = 0], i) => {
      return s + Math.log(Math.exp(a) + Math.exp(b)) - (i === 1 ? b : a)
    }, 0)
    const named = (step: Pick<AnyStrategy, 'objective'>): number =>
      valueOf(step.objective?.(scope).find((t) => t.name === 'replay')?.value, {
        ...env,
        'batch/weights': [1, 1, 1, 1, 1, 0],
      })
    expect(named(made())).toBeCloseTo(((3 / 8) * loss) / 3, 7)
    expect(named(phaseOf(made(), 'sleep'))).toBeCloseTo(loss / 3, 7)
    expect(valueOf(made().weight?.(scope), { ...env, 'batch/weights': [1, 1, 1, 1, 1, 0] })).toBeCloseTo(5 / 8, 12)
  })
})

describe('the sleep of cls', () => {
  const sleeps = (changes: Partial<ClsOptions>) =>
    tinyRun([made(changes)], 'class', { training: { batch: 8, iterations: 10 } }).traces.filter(
      (t) => t.phase === 'sleep',
    )

  it('draws equally many rows, to within one, of every class stored', () => {
    const stored: string[][] = []
    const strategy = made()
    const phases = strategy.phases?.map((phase) => {
      const replay = phase.draws?.replay
      if (phase.name !== 'sleep' || replay === undefined) return phase
      const pick: typeof replay.pick = (from, at) => {
        if (at.index === 0) stored[at.experience ?? 0] = [...new Set(from.labels)].sort((a, b) => a - b).map(String)
        return replay.pick(from, at)
      }
      return { ...phase, draws: { replay: { ...replay, pick } } }
    })
    const log = tinyRun([{ ...strategy, phases: phases ?? [] }], 'class', { training: { batch: 8, iterations: 10 } })
    const traces = log.traces.filter((t) => t.phase === 'sleep')
    expect(traces.length).toBe(3)
    traces.forEach(({ values, experience }) => {
      const rows = values['rows of replay by label'] ?? {}
      const counts = typeof rows === 'number' ? [] : Object.values(rows)
      expect(Object.keys(rows).sort()).toEqual(stored[experience + 1])
      expect(counts.reduce((a, b) => a + b, 0)).toBe(10 * 8)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    })
    // at the last boundary 80 rows do not divide evenly: more classes than two are stored
    expect(stored[3]?.length).toBeGreaterThan(2)
  })

  it('is granted all steps asked for, or as many as its budget pays', () => {
    const cost = sleeps({ steps: 1 })[0]?.macs ?? 0
    expect(cost).toBeGreaterThan(0)
    const granted = (steps: number, macs: number): readonly (readonly number[])[] =>
      sleeps({ steps, macs }).map((t) => [t.asked, t.granted, t.macs / cost])
    const thrice = <A>(a: A): readonly A[] => [a, a, a]
    expect(granted(6, 3 * cost)).toEqual(thrice([6, 3, 3]))
    expect(granted(6, 4 * cost - 1)).toEqual(thrice([6, 3, 3]))
    expect(granted(2, 3 * cost)).toEqual(thrice([2, 2, 2]))
    expect(granted(6, cost - 1)).toEqual(thrice([6, 0, 0]))
  })

  it('is no step without a budget', () => {
    const log = tinyRun([made({ macs: 0 })], 'class', { training: { batch: 8, iterations: 10 } })
    expect(log.traces.map((t) => [t.phase, t.asked, t.granted, t.macs])).toEqual(
      [0, 1, 2].map(() => ['sleep', 10, 0, 0]),
    )
    expect(log.costs.phases['cls/sleep']).toEqual({
      macs: 0,
      operations: 0,
      traffic: { read: 0, written: 0, peak: 0 },
      steps: 0,
      rows: {},
    })
  })
})

describe('cls is refused', () => {
  const facts = { kind: 'class', outputs: 10, contexts: 5, experiences: 5 } as const
  it.each([0, 9])('with %d rows for 10 outputs, where anything is replayed, awake or asleep', (capacity) => {
    const reason = `'cls' (capacity ${capacity}): fewer rows than the 10 outputs; 10 or more`
    expect(made({ capacity }).refuse?.(facts)).toEqual([reason])
    expect(made({ capacity, replay: 'off' }).refuse?.(facts)).toEqual([reason])
    expect(made({ capacity, macs: 0 }).refuse?.(facts)).toEqual([reason])
    expect(made({ capacity, replay: 'off', macs: 0 }).refuse?.(facts)).toEqual([])
    expect(made({ capacity: 10 }).refuse?.(facts)).toEqual([])
  })
})
