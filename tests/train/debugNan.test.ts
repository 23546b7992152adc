import { describe, expect, it } from 'vitest'
import { add, div, literal, log, mul, selectGreater, sub, sum } from '../../src/graph/ops.js'
import { ewc } from '../../src/strategy/ewc.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Finding } from '../../src/train/finding.js'
import { run } from '../../src/train/run.js'
import { tinyInput } from '../support/tiny.js'

type Changes = Parameters<typeof tinyInput>[2]

/** A run that is watched, and the same run that is not. */
const watched = (method: readonly AnyStrategy[], changes: Changes = {}) => {
  const input = tinyInput(method, 'class', changes)
  const findings: Finding[] = []
  const log = run(
    input,
    () => undefined,
    (finding) => findings.push(finding),
  )
  return { findings, log, plain: run(input, () => undefined) }
}

const online = {
  lambda: 10,
  mode: 'online',
  gamma: 1,
  fisher: 'exact',
  rows: 'all',
  divisor: 'N',
  step: 'explicit',
  batch: 16,
} as const
const exploding = { optimiser: { name: 'sgd', rate: 1e38, boundary: 'keep' } } as const

/** Adds to the loss the logarithm of a number that is 1 until step 30 of the run, and then -1. */
const negativeLog: AnyStrategy = {
  name: 'wrong',
  rights: {},
  feeds: { level: { shape: () => [3], from: ({ index }) => Float32Array.of(1, index < 30 ? 1 : -1, 2) } },
  objective: ({ feeds, params }) => [
    { name: 'barrier', value: add(sum(log(sub(feeds['level'] ?? 0, 0.5))), mul(0, sum(params))) },
  ],
}

describe('a run that is watched for NaN', () => {
  it('tells nothing and has the same bits when all is well', () => {
    for (const method of [[], [ewc(online)]]) {
      const { findings, log, plain } = watched(method)
      expect(findings).toEqual([])
      expect(log).toEqual(plain)
    }
  })

  it('ends as it would have ended when it diverges', () => {
    for (const { log, plain } of [watched([negativeLog]), watched([], exploding)]) {
      expect(log.status.kind).toBe('diverged')
      expect(log).toEqual(plain)
    }
  })
})

describe('the origin of a NaN', () => {
  it('is the logarithm of a negative number, in the words of the user, at the element and the step', () => {
    const { findings, log } = watched([negativeLog])
    expect(log.status).toEqual({ kind: 'diverged', experience: 1, step: 5 })
    const when = { experience: 1, during: 'train', step: 5 }
    expect(findings).toEqual([
      {
        kind: 'NaN',
        when,
        seen: 'term/wrong/barrier',
        origin: {
          when,
          part: "term 'wrong/barrier'",
          operation: 'log',
          shape: [3],
          element: '[1]',
          expression: 'log(feed/wrong/level - 0.5)',
          holds: [{ expression: 'feed/wrong/level - 0.5', value: '-1.5' }],
          infinity: null,
        },
      },
    ])
  })

  it('is followed to the infinity before it when the learning rate explodes', () => {
    const { findings } = watched([], exploding)
    expect(findings).toHaveLength(1)
    const [{ origin, kind }] = findings as [Finding]
    expect(kind).toBe('NaN')
    expect(origin).toMatchObject({ part: "the scenario's loss", operation: 'subtract' })
    expect(origin?.expression).toMatch(
      /^dot\(relu\(dot\(.*dense0\/weight.*\)\), dense1\/weight, dense1\/bias\) - maxLast\(/,
    )
    expect(origin?.holds.map(({ value }) => value)).toEqual(['Infinity', 'Infinity'])
    expect(origin?.infinity).toMatchObject({ operation: 'dot', part: "the scenario's loss", shape: [8, 6] })
    expect(origin?.infinity?.holds.map(({ expression }) => expression).slice(1)).toEqual([
      'dense1/weight',
      'dense1/bias',
    ])
    expect(origin?.infinity?.infinity).toBeNull()
  })

  it('is a parameter by its name when the optimiser makes it', () => {
    const spoil: AnyStrategy = {
      name: 'spoil',
      rights: {},
      feeds: { at: { shape: () => [], from: ({ index }) => (index === 3 ? 0 : 1) } },
      gradient: ({ gradient = literal(0), feeds }) => {
        const gate = feeds['at'] ?? 1
        return div(mul(gradient, gate), gate)
      },
    }
    const { findings } = watched([spoil])
    expect(findings[0]).toMatchObject({
      seen: 'optimiser/m',
      when: { experience: 0, during: 'train', step: 3 },
      origin: {
        part: "strategy 'spoil', hook 'gradient'",
        operation: 'divide',
        element: 'dense0/weight[0, 0]',
        holds: [{ value: '0' }, { expression: 'feed/spoil/at', value: '0' }],
      },
    })
  })

  it('is not a NaN that a selection leaves out', () => {
    const careless: AnyStrategy = {
      name: 'careless',
      rights: {},
      tensors: { low: { shape: () => [2], init: -1 } },
      objective: ({ tensors }) => {
        const low = tensors['low'] ?? 0
        return [{ name: 'a', value: sum(selectGreater(low, 0, log(low), 0)) }]
      },
    }
    expect(watched([careless]).findings).toEqual([])
    const { findings } = watched([careless, negativeLog])
    expect(findings[0]?.origin?.expression).toBe('log(feed/wrong/level - 0.5)')
  })

  it('is found in a phase', () => {
    const sleepy: AnyStrategy = {
      name: 'sleepy',
      rights: { boundary: true },
      tensors: { seen: { shape: (d) => [d.layout.size], init: 0 } },
      phases: [
        {
          name: 'rest',
          when: { on: 'boundary' },
          steps: 2,
          commit: ({ params, tensors }) => ({
            tensors: { seen: sub(div(params, tensors['seen'] ?? 0), div(params, tensors['seen'] ?? 0)) },
          }),
        },
      ],
    }
    const { findings, log, plain } = watched([sleepy])
    expect(log).toEqual(plain)
    expect(findings).toHaveLength(1)
    expect(findings[0]).toMatchObject({
      seen: 'sleepy/tensor/seen',
      when: { experience: 0, during: 'sleepy/rest', step: 0 },
      origin: {
        part: "strategy 'sleepy', hook 'commit'",
        expression: '(params / sleepy/tensor/seen) - (params / sleepy/tensor/seen)',
        element: 'dense0/weight[0, 0]',
        infinity: { operation: 'divide', holds: [{}, { expression: 'sleepy/tensor/seen', value: '0' }] },
      },
    })
  })

  it('is found where transfer is measured, before the experience has ended', () => {
    const sudden: AnyStrategy = {
      name: 'sudden',
      rights: {},
      tensors: { count: { shape: () => [], init: 1 } },
      commit: ({ tensors }) => ({ tensors: { count: sub(tensors['count'] ?? 0, 1 / 16) } }),
      predict: ({ network, params, x, tensors }) => add(network.apply(params, x).logits, log(tensors['count'] ?? 1)),
    }
    const { findings, log: diverged, plain } = watched([sudden], { measure: ['transfer'] })
    expect(diverged).toEqual(plain)
    // the logarithm of 0 after 16 of 25 steps
    expect(findings).toMatchObject([
      { kind: 'infinity', seen: 'scores', when: { experience: 0, during: 'measure', step: null } },
    ])
  })

  it('is found in predictions', () => {
    const worse: AnyStrategy = {
      name: 'worse',
      rights: {},
      tensors: { count: { shape: () => [], init: 2 } },
      commit: ({ tensors }) => ({ tensors: { count: sub(tensors['count'] ?? 0, 1 / 16) } }),
      predict: ({ network, params, x, tensors }) => add(network.apply(params, x).logits, log(tensors['count'] ?? 1)),
    }
    const { findings, log: diverged, plain } = watched([worse])
    expect(diverged).toEqual(plain)
    expect(diverged.status).toEqual({ kind: 'diverged', experience: 1, step: 25 })
    expect(findings).toMatchObject([
      {
        kind: 'NaN',
        seen: 'scores',
        when: { experience: 1, during: 'evaluate', step: null },
        origin: {
          part: "strategy 'worse', hook 'predict'",
          expression: 'log(worse/tensor/count)',
          holds: [{ value: '-1.125' }],
        },
      },
    ])
  })

  it('remembers where an infinity came from that lay in a tensor for many steps', () => {
    const late: AnyStrategy = {
      name: 'late',
      rights: {},
      tensors: { power: { shape: () => [2], init: 1 } },
      objective: ({ tensors }) => {
        const power = tensors['power'] ?? 0
        return [{ name: 'late', value: sum(sub(power, power)) }]
      },
      commit: ({ tensors }) => ({ tensors: { power: mul(1e5, tensors['power'] ?? 0) } }),
    }
    const { findings } = watched([late])
    // 1e5 to the power of 8 is beyond f32: the step of index 7
    expect(findings[0]?.origin).toMatchObject({
      expression: 'late/tensor/power - late/tensor/power',
      infinity: {
        when: { experience: 0, during: 'train', step: 7 },
        part: "strategy 'late', hook 'commit'",
        operation: 'multiply',
        holds: [{ value: '100000' }, { expression: 'late/tensor/power' }],
      },
    })
  })
})
