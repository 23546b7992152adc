import { describe, expect, it } from 'vitest'
import { add, block, input, mul, sum } from '../../src/graph/ops.js'
import { key } from '../../src/random/key.js'
import { cls } from '../../src/strategy/cls.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { unfit } from '../../src/train/methodOf.js'
import { rehearse } from '../../src/shell/rehearse.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

const strategy = (hooks: Partial<AnyStrategy>): AnyStrategy => ({ name: 'forger', rights: {}, ...hooks })
const rehearsed = (s: AnyStrategy) =>
  rehearse({
    model: { kind: 'mlp', hidden: [8], initialiser: 'pytorch' },
    optimiser: { name: 'sgd', rate: 0.1, boundary: 'keep' },
    batch: 8,
    stream: tinyStream('class'),
    method: [s],
    key: key(1),
  })

describe('a strategy that makes up a leaf', () => {
  it.each<[string, AnyStrategy, string]>([
    [
      'contexts at test',
      strategy({ predict: (c) => add(c.network.apply(c.params, c.x).logits, sum(input('contexts', [500], 'f32'))) }),
      "strategy 'forger', hook 'predict': reads the input 'contexts'",
    ],
    [
      'contexts in training',
      strategy({ objective: () => [{ name: 't', value: sum(input('batch/contexts', [8])) }] }),
      "strategy 'forger', hook 'objective': reads the input 'batch/contexts'",
    ],
    [
      'a block of the engine',
      strategy({ gradient: (c) => mul(c.gradient ?? 0, sum(block('optimiser/first', c.params.shape))) }),
      "strategy 'forger', hook 'gradient': reads the block 'optimiser/first'",
    ],
    [
      'a tensor of nobody',
      strategy({ commit: () => ({ emits: { e: sum(block('other/tensor/t', [3])) } }) }),
      "strategy 'forger', hook 'commit': reads the block 'other/tensor/t'",
    ],
  ])('is refused, by name and hook: %s', (_, forger, message) => {
    expect(() => tinyRun([forger])).toThrow(message)
    expect(rehearsed(forger).join()).toContain(message)
  })

  it('is refused where it would pass for context at test without the right', () => {
    const peeks = (c: { readonly context?: unknown }) => expect(c.context).toBeUndefined()
    const plain = strategy({
      predict: (c) => {
        peeks(c)
        return c.network.apply(c.params, c.x).logits
      },
    })
    expect(learnedIn(tinyRun([plain], 'task'))).toEqual(learnedIn(tinyRun([], 'task')))
  })
})

describe('what a strategy sees of rows', () => {
  it('is a copy: writing into it changes no training', () => {
    const options = { ...clsOptions, replay: 'on' } as const
    const honest = tinyRun([cls(options)])
    const vandal = cls(options)
    const { replay } = vandal.draws ?? {}
    if (replay === undefined) throw new Error('cls draws nothing')
    const spoiling: AnyStrategy = {
      ...vandal,
      draws: {
        replay: {
          ...replay,
          pick: (from, at) => {
            const picked = replay.pick(from, at)
            from.labels.fill(0)
            return picked
          },
        },
      },
    }
    expect(learnedIn(tinyRun([spoiling]))).toEqual(learnedIn(honest))
  })

  it('says no more of a batch than the batch', () => {
    const seen = new Set<number>()
    tinyRun([strategy({ observe: (host, { incoming }) => (seen.add(incoming.seen), host) })])
    expect([...seen]).toEqual([8])
  })
})

describe('mistakes of a plugin', () => {
  it('are found before a run, all at once', () => {
    const phase = { name: 'p', when: { on: 'rows', every: 4 }, steps: 1.5, fresh: ['tensro'] } as const
    const wrong = strategy({
      draws: { d: { from: 'memroy', rows: 2, pick: () => new Int32Array(0) } },
      keep: { other: { from: 'batch', admit: () => ({ slots: new Int32Array(0), take: new Int32Array(0) }) } },
      phases: [phase],
    })
    const reasons = unfit([wrong], tinyStream('class'))
    expect(reasons).toHaveLength(4)
    expect(reasons.join('\n')).toMatch(/'memroy'[^]*'other'[^]*'tensro'[^]*'steps' must be a whole number/)
    const commits = strategy({ commit: (c) => ({ tensors: { path: c.params } }) })
    expect(rehearsed(commits)).toEqual([expect.stringContaining("unknown tensor 'path'")])
  })

  it('name strategy and hook when they show only in a run', () => {
    const throwing = strategy({
      observe: () => {
        throw new Error('out of luck')
      },
    })
    expect(() => tinyRun([throwing])).toThrow("strategy 'forger', hook 'observe': out of luck")
    const when = { on: 'rows', every: 8 } as const
    for (const steps of [Number.NaN, 0.5, -1])
      expect(() => tinyRun([strategy({ phases: [{ name: 'p', when, steps: () => steps }] })])).toThrow(
        "phase 'p': 'steps' must be a whole number",
      )
  })
})

const clsOptions = {
  capacity: 20,
  rows: 8,
  consistency: 2,
  target: 'better',
  decay: 0.9,
  sleep: 'boundary',
  steps: 5,
  macs: 0,
  probe: 8,
} as const

describe('savings on relearning', () => {
  it('of cls without replay and sleep are those of naive', () => {
    const measure = ['transfer'] as const
    const of = (method: readonly AnyStrategy[]) =>
      tinyRun(method, 'domain', { measure: [...measure] }).transfer?.relearn
    const naive = of([])
    expect(naive).toHaveLength(1)
    expect(of([cls({ ...clsOptions, replay: 'off' })])).toEqual(naive)
  })
})
