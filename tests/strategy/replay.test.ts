import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { mul } from '../../src/graph/ops.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { replay, type ReplayOptions, replayPlugin } from '../../src/strategy/replay.js'
import { tinyLearner } from '../support/learner.js'
import { batchOf, scopeOf, valueOf } from '../support/scope.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const options: ReplayOptions = {
  capacity: 24,
  fill: 'reservoir',
  perClass: 4,
  rows: 8,
  weighting: 'concatenated',
  order: 'uniform',
  balance: 'none',
}
const made = (changes: Partial<ReplayOptions>): AnyStrategy => replay({ ...options, ...changes })

const batch = batchOf('batch', 3)
const drawn = batchOf('drawn', 3)
const params = [0.5, -1, 2, 0.25, 0, 1.5]
const env = {
  params,
  'batch/x': [1, 0, 0.5, 0.5, 0, 1],
  'batch/y': [0, 1, 1],
  'batch/weights': [1, 1, 1],
  'drawn/x': [1, 1, 0.25, 1, 0, 0.75],
  'drawn/y': [1, 0, 0],
  // the last row is padding
  'drawn/weights': [1, 1, 0],
}

/** Cross-entropy of row `i` of a batch. */
const loss = (name: 'batch' | 'drawn', i: number): number => {
  const [a = 0, b = 0] = env[`${name}/x`].slice(2 * i, 2 * i + 2)
  const logit = (k: number): number => a * (params[k] ?? 0) + b * (params[2 + k] ?? 0) + (params[4 + k] ?? 0)
  return Math.log(Math.exp(logit(0)) + Math.exp(logit(1))) - logit(env[`${name}/y`][i] ?? 0)
}
const incoming = (loss('batch', 0) + loss('batch', 1) + loss('batch', 2)) / 3
const replayed = (loss('drawn', 0) + loss('drawn', 1)) / 2

/** The objective with `experience` experiences finished: the weight of the incoming loss, and the replayed term. */
const objective = (strategy: AnyStrategy, experience: number) => {
  const c = scopeOf(experience, { batch, batches: { replay: drawn } })
  const logits = c.network.apply(c.params, batch.x).logits
  const weight = strategy.weight?.(c)
  const [term] = strategy.objective?.(c) ?? []
  return {
    weight: valueOf(weight, env),
    term: valueOf(term?.value, env),
    incoming: valueOf(mul(c.mean(c.losses(logits, batch.y, batch), batch), weight ?? 0), env),
  }
}

describe('what replay weighs', () => {
  it.each([1, 2, 4])('1/k and 1 - 1/k in context number k, after %d others', (past) => {
    const { weight, term } = objective(made({ weighting: '1/k' }), past)
    expect(weight).toBeCloseTo(1 / (past + 1), 7)
    expect(term).toBeCloseTo((past / (past + 1)) * replayed, 7)
    expect(weight + term / replayed).toBeCloseTo(1, 7)
  })

  it('is 1, 1/2 and 1/3 in the three contexts of a run', () => {
    const weights: number[] = []
    const strategy = made({ weighting: '1/k' })
    const watched: AnyStrategy = {
      ...strategy,
      weight: (c) => {
        const weight = strategy.weight?.(c) ?? mul(0, 0)
        weights.push(valueOf(weight))
        return weight
      },
    }
    tinyRun([watched], 'class', { training: { batch: 8, iterations: 5 } })
    expect([...new Set(weights)].map((w) => (1 / w).toFixed(5))).toEqual(['1.00000', '2.00000', '3.00000'])
  })

  it('gives the mean over the two batches as one when they are concatenated, padding left out', () => {
    const { weight, term, incoming: own } = objective(made({}), 1)
    expect(weight).toBeCloseTo(3 / 5, 12)
    expect(own + term).toBeCloseTo((3 * incoming + 2 * replayed) / 5, 7)
  })

  it.each([0, 0.25, 3])(
    'leaves the incoming loss as it is, and is lambda times the replayed one, with lambda %d',
    (lambda) => {
      const { weight, term } = objective(made({ weighting: 'lambda', lambda }), 1)
      expect(weight).toBe(1)
      expect(term).toBeCloseTo(lambda * replayed, 7)
    },
  )

  it('learns what naive learns, bit for bit, with lambda 0', () => {
    expect(learnedIn(tinyRun([made({ weighting: 'lambda', lambda: 0 })])).parameters).toEqual(
      learnedIn(tinyRun([])).parameters,
    )
  })

  it('is the incoming loss alone when nothing is drawn', () => {
    for (const weighting of ['1/k', 'concatenated', 'lambda'] as const) {
      const c = scopeOf(2, { batch })
      const strategy = made(weighting === 'lambda' ? { weighting, lambda: 2 } : { weighting })
      expect(valueOf(strategy.weight?.(c))).toBe(1)
      expect(strategy.objective?.(c)).toEqual([])
    }
  })
})

/** Learns three contexts; after each, what the buffer holds. */
const buffers = (changes: Partial<ReplayOptions>) => {
  const learner = tinyLearner([made(changes)], { steps: 7 })
  return [0, 1, 2].map(() => {
    learner.learn()
    const memory = learner.world.buffers.get('replay/memory')
    const n = memory?.size ?? 0
    const pixels = n === 0 ? [] : learner.read('replay/memory/x')
    const rows = Array.from({ length: n }, (_, i) => `${memory?.labels[i]}: ${pixels.slice(6 * i, 6 * i + 6).join()}`)
    return { labels: [...(memory?.labels.subarray(0, n) ?? [])], rows }
  })
}

/** Rows of the whole stream with their labels, as `buffers` writes them. */
const streamed = tinyStream('class').experiences.flatMap(({ load }) => {
  const { labels, pixels } = load()
  return [...labels].map((label, i) => `${label}: ${pixels.subarray(6 * i, 6 * i + 6).join()}`)
})

describe('what replay holds', () => {
  it.each([
    ['reservoir', 0],
    ['reservoir', 7],
    ['boundary', 0],
    ['boundary', 7],
    ['class-balanced', 7],
    ['ring', 7],
  ] as const)('is never more than its capacity (%s, %d rows), and only rows of the stream', (fill, capacity) => {
    for (const { labels, rows } of buffers({ fill, capacity })) {
      expect(labels.length).toBeLessThanOrEqual(capacity)
      expect(streamed).toEqual(expect.arrayContaining(rows))
    }
  })

  it('is so many different rows of every class met, after every boundary, and they never change', () => {
    const held = buffers({ fill: 'boundary', perClass: 4 })
    expect(held.map(({ labels }) => labels)).toEqual(
      [2, 4, 6].map((classes) => Array.from({ length: classes }, (_, label) => [label, label, label, label]).flat()),
    )
    const last = held[2]?.rows ?? []
    expect(new Set(last).size).toBe(24)
    expect(streamed).toEqual(expect.arrayContaining(last))
    for (const { rows } of held) expect(last.slice(0, rows.length)).toEqual(rows)
  })

  it('fills the room that is left when it is less than every class wants', () => {
    const held = buffers({ fill: 'boundary', perClass: 4, capacity: 11 })
    expect(held.map(({ labels }) => labels.length)).toEqual([8, 11, 11])
    expect(held[2]?.labels).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
  })

  it('is the same number of every class met with the budget total, and of the past the first of those held', () => {
    const held = buffers({ fill: 'boundary', budget: 'total', capacity: 25 })
    expect(held.map(({ labels }) => labels)).toEqual(
      [12, 6, 4].map((each, i) =>
        Array.from({ length: 2 * (i + 1) }, (_, label) => Array.from({ length: each }, () => label)).flat(),
      ),
    )
    const ofClass = (i: number, label: number): readonly string[] =>
      (held[i]?.rows ?? []).filter((row) => row.startsWith(`${label}:`))
    for (const label of [0, 1]) {
      expect(ofClass(1, label)).toEqual(ofClass(0, label).slice(0, 6))
      expect(ofClass(2, label)).toEqual(ofClass(0, label).slice(0, 4))
    }
    expect(streamed).toEqual(expect.arrayContaining(held[2]?.rows ?? []))
  })

  it('is even over the classes met when it is class-balanced, from the first rows on', () => {
    for (const [i, { labels }] of buffers({ fill: 'class-balanced', capacity: 25 }).entries()) {
      const counts = Array.from({ length: 2 * (i + 1) }, (_, k) => labels.filter((label) => label === k).length)
      expect(labels.length).toBe(25)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }
  })

  it.each([
    ['total', [12, 6, 4]],
    ['per-class', [5, 5, 4]],
  ] as const)('is the newest rows of each class in a ring (budget %s)', (budget, each) => {
    const held = buffers({ fill: 'ring', budget, perClass: 5, capacity: 25 })
    held.forEach(({ labels }, i) => {
      for (let k = 0; k < 2 * (i + 1); k++) expect(labels.filter((label) => label === k).length).toBe(each[i])
    })
    // rows of the first experience stay, the oldest of them go
    const before = held[0]?.rows.filter((row) => row.startsWith('0:')) ?? []
    const after = held[2]?.rows.filter((row) => row.startsWith('0:')) ?? []
    expect(after).toEqual(before.slice(before.length - after.length))
  })

  it('is every row offered while a reservoir has room, and its capacity from then on', () => {
    // 5 batches of 8 show all 40 rows of a context once
    expect(buffers({ capacity: 100 }).map(({ labels }) => labels.length)).toEqual([40, 80, 100])
    expect(buffers({ capacity: 12 }).map(({ labels }) => labels.length)).toEqual([12, 12, 12])
  })
})

describe('what replay draws', () => {
  /** How many rows each draw of a run took from every past context, by the number of those. */
  const counts = (changes: Partial<ReplayOptions>): ReadonlyMap<number, readonly string[]> => {
    const found = new Map<number, string[]>()
    const strategy = made({ balance: 'context', ...changes })
    const draw = strategy.draws?.replay
    if (draw === undefined) throw new Error('replay draws nothing')
    const watched: AnyStrategy = {
      ...strategy,
      draws: {
        replay: {
          ...draw,
          pick: (from, at) => {
            const slots = draw.pick(from, at)
            const past = at.experience ?? 0
            const each = Array.from({ length: past }, (_, e) => slots.filter((s) => from.experiences?.[s] === e).length)
            found.set(past, [...(found.get(past) ?? []), slots.length === 0 ? 'none' : each.join()])
            return slots
          },
        },
      },
    }
    tinyRun([watched], 'class', { training: { batch: 8, iterations: 12 } })
    return found
  }

  it.each([
    ['boundary', 'uniform', 7],
    ['boundary', 'shuffled-passes', 7],
  ] as const)('is equally many rows of every past context when balanced (%s, %s, %d rows)', (fill, order, rows) => {
    const found = counts({ fill, order, rows })
    expect(new Set(found.get(1))).toEqual(new Set([String(rows)]))
    expect(new Set(found.get(2))).toEqual(new Set(['4,4']))
    expect(found.get(2)?.length).toBe(12)
    expect([...new Set(found.get(0))].every((drawn) => drawn === 'none')).toBe(true)
  })

  it('is nothing in the first context where it would weigh nothing', () => {
    for (const order of ['uniform', 'shuffled-passes'] as const)
      expect(new Set(counts({ weighting: '1/k', balance: 'none', order }).get(0))).toEqual(new Set(['none']))
  })
})

describe('options of replay', () => {
  it('refuse balance over contexts with a reservoir, which holds rows of the current one', () => {
    const decode = (fill: string) => decodeWith(replayPlugin.options, { capacity: 10, fill, balance: 'context' })
    expect(decode('boundary')).toMatchObject({ _tag: 'Right' })
    expect(decode('reservoir')).toMatchObject({ _tag: 'Left', left: [{ path: 'balance' }] })
  })

  it('refuse a lambda that is not used or not given, and a number per class where the policy has none', () => {
    const decode = (o: object) => decodeWith(replayPlugin.options, { capacity: 10, ...o })
    expect(decode({ weighting: 'lambda', lambda: 0.5 })).toMatchObject({ _tag: 'Right' })
    expect(decode({ weighting: 'lambda' })).toMatchObject({ _tag: 'Left', left: [{ path: 'lambda' }] })
    expect(decode({ lambda: 0.5 })).toMatchObject({ _tag: 'Left', left: [{ path: 'lambda' }] })
    expect(decode({ fill: 'ring', budget: 'per-class' })).toMatchObject({ _tag: 'Right' })
    for (const fill of ['reservoir', 'class-balanced'])
      expect(decode({ fill, budget: 'per-class' })).toMatchObject({ _tag: 'Left', left: [{ path: 'budget' }] })
  })

  it('decode to what they were before there were more of them, but for the weighting', () => {
    expect(decodeWith(replayPlugin.options, { capacity: 10 })).toEqual({
      _tag: 'Right',
      right: {
        capacity: 10,
        fill: 'reservoir',
        perClass: 100,
        rows: 128,
        weighting: '1/k',
        order: 'uniform',
        balance: 'none',
      },
    })
  })

  it('refuse a stream with more outputs than the buffer has rows', () => {
    const facts = { kind: 'class', outputs: 10, contexts: 5, experiences: 5 } as const
    expect(made({ capacity: 0 }).refuse?.(facts)).toEqual([
      "'replay' (capacity 0): fewer rows than the 10 outputs; 10 or more",
    ])
    expect(made({ capacity: 10 }).refuse?.(facts)).toEqual([])
  })
})
