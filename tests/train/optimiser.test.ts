import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { describe as said } from '../../src/codec/problem.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import type { Benchmark } from '../../src/train/benchmark.js'
import { createSteppers, learn } from '../../src/train/experience.js'
import { createLearner } from '../../src/train/learner.js'
import { key } from '../../src/random/key.js'
import { model } from '../../src/train/modelCodec.js'
import { hiddenValues, networkOf } from '../../src/train/networkOf.js'
import { optimiser } from '../../src/train/optimiserCodec.js'
import { optimiserOf } from '../../src/train/optimiserOf.js'
import { learnedIn, tinyRun, tinyStream } from '../support/tiny.js'

type Described = Benchmark['optimiser']

const decoded = (raw: unknown): Described => {
  const found = decodeWith(optimiser, raw)
  if (E.isLeft(found)) throw new Error(found.left.map(said).join('\n'))
  return found.right
}

const problems = (codec: typeof optimiser | typeof model, raw: unknown): string => {
  const found = decodeWith<unknown>(codec, raw)
  return E.isLeft(found) ? found.left.map(said).join('\n') : ''
}

describe('the optimiser of a benchmark file', () => {
  it.each([
    ['momentum', { momentum: 0.9 }],
    ['nesterov', { momentum: 0.9 }],
    ['rmsprop', { rho: 0.9, epsilon: 1e-8 }],
    ['adamW', { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }],
  ])('has defaults: %s', (name, defaults) => {
    expect(decoded({ name, rate: 0.1 })).toEqual({ name, rate: 0.1, ...defaults, boundary: 'keep' })
    expect(tinyRun([], 'class', { optimiser: decoded({ name, rate: 0.01 }) }).status.kind).toBe('complete')
  })

  it('puts schedules, then clipping, then decay before the step', () => {
    const whole = decoded({
      name: 'sgd',
      rate: 0.1,
      decay: [
        { kind: 'l1', strength: 0.1 },
        { kind: 'anchor', strength: 0.1 },
      ],
      clip: [
        { kind: 'value', limit: 1 },
        { kind: 'norm', limit: 1 },
      ],
      schedule: [
        { kind: 'warm-up', steps: 3 },
        { kind: 'cosine', steps: 10 },
        { kind: 'step', every: 2, gamma: 0.5 },
        { kind: 'exponential', gamma: 0.9 },
        { kind: '1/t', decay: 0.1, boundary: 'reset' },
        { kind: 'constant' },
      ],
    })
    expect(optimiserOf(whole).name).toBe(
      'warmUp+cosine+step+exponential+inverseTime+constant+clipByValue+clipByNorm+l1+towardsAnchor+sgd',
    )
    expect(tinyRun([], 'class', { optimiser: whole }).status.kind).toBe('complete')
    expect(optimiserOf(decoded({ name: 'sgd', rate: 0.1, decay: [{ kind: 'decoupled', strength: 1 }] })).name).toBe(
      'decoupledDecay+sgd',
    )
    expect(optimiserOf(decoded({ name: 'sgd', rate: 0.1, decay: [{ kind: 'l2', strength: 1 }] })).name).toBe('l2+sgd')
  })

  it('is told all its problems at once, with the known names', () => {
    const found = problems(optimiser, {
      name: 'momentum',
      rate: -1,
      momentun: 0.9,
      clip: [{ kind: 'nrom', limit: 1 }],
      decay: [{ kind: 'l2', strength: Number.NaN }],
      schedule: [{ kind: 'cosine', steps: 0, restarts: 0.5 }],
    })
    for (const said of [
      'rate: expected a number > 0, got -1',
      "did you mean 'momentum'?",
      'clip[0].kind: expected one of "value", "norm", got "nrom"',
      'decay[0].strength: expected a number >= 0, got NaN',
      'schedule[0].steps: expected an integer from 1 to 2^24, got 0',
      'schedule[0].restarts: expected a number >= 1, got 0.5',
    ])
      expect(found).toContain(said)
    expect(problems(optimiser, { name: 'adamw', rate: 1 })).toContain("did you mean 'adamW'?")
    expect(problems(optimiser, { name: 'sgd', rate: 1, clip: [] })).toContain('a list of at least 1')
  })
})

describe('the state of an optimiser at a boundary', () => {
  /** Values of a slot after each of two experiences, and of the parameters. */
  const course = (optimiser: Described, slot: string, method: readonly AnyStrategy[] = []) => {
    const stream = tinyStream('class')
    const training = { model: { kind: 'mlp', hidden: [4], initialiser: 'pytorch' }, batch: 8, key: key(1) } as const
    const learner = createLearner({ ...training, optimiser, stream, method })
    const read = (name: string): readonly number[] => [...learner.world.store.read(name)]
    const steppers = createSteppers(learner)
    const initial = read('params')
    const ends = stream.experiences.slice(0, 2).map((experience) => {
      const ignore = (): void => undefined
      const { boundary } = optimiser
      const lesson = { experience, steps: () => 5, rest: 'drop', boundary, balance: 0 } as const
      learn(learner, steppers, { ...lesson, onStep: ignore, onPhase: ignore })
      return { slot: read(`optimiser/${slot}`), params: read('params') }
    })
    return { initial, ends }
  }

  it('is kept or begins again as the file says, a schedule as it says itself', () => {
    const of = (moments: 'keep' | 'reset', counter: 'keep' | 'reset') =>
      decoded({
        name: 'momentum',
        rate: 0.1,
        boundary: moments,
        schedule: [{ kind: 'warm-up', steps: 100, boundary: counter }],
      })
    const slots = (moments: 'keep' | 'reset', counter: 'keep' | 'reset', slot: string) =>
      course(of(moments, counter), slot).ends.map((end) => end.slot)
    expect(slots('reset', 'keep', 'warmUp0/step')).toEqual([[5], [10]])
    expect(slots('keep', 'reset', 'warmUp0/step')).toEqual([[0], [0]])
    expect(
      slots('reset', 'keep', 'velocity')
        .flat()
        .every((v) => v === 0),
    ).toBe(true)
    expect(
      slots('keep', 'reset', 'velocity')
        .flat()
        .some((v) => v !== 0),
    ).toBe(true)
  })

  it('has the anchor of a pull: the start of the run, or the last boundary', () => {
    const of = (anchor: 'start' | 'boundary') =>
      course(
        decoded({ name: 'sgd', rate: 0.1, decay: [{ kind: 'anchor', strength: 0.1, anchor }] }),
        'towardsAnchor0/anchor',
      )
    const [start, boundary] = [of('start'), of('boundary')]
    expect(start.ends.map((end) => end.slot)).toEqual([start.initial, start.initial])
    expect(boundary.ends.map((end) => end.slot)).toEqual(boundary.ends.map((end) => end.params))
  })

  it('leaves runs without it as they were', () => {
    const plain = { name: 'sgd', rate: 0.1, boundary: 'keep' } as const
    const constant = decoded({ name: 'sgd', rate: 0.1, schedule: [{ kind: 'constant' }] })
    expect(learnedIn(tinyRun([], 'class', { optimiser: constant }))).toEqual(
      learnedIn(tinyRun([], 'class', { optimiser: plain })),
    )
  })
})

describe('the model of a benchmark file', () => {
  const images = { height: 8, width: 8, inputs: 64, outputs: 10 }

  it('has the hidden values that its layers make', () => {
    const of = (raw: unknown): number => {
      const found = decodeWith(model, raw)
      if (E.isLeft(found)) throw new Error(found.left.map(said).join('\n'))
      return hiddenValues(networkOf(found.right, images))
    }
    expect(of({ kind: 'mlp', hidden: [64, 32] })).toBe(96)
    expect(of({ kind: 'mlp', hidden: [] })).toBe(0)
    // each layer at full size, and pooled to a quarter
    expect(of({ kind: 'cnn', filters: [8, 16] })).toBe(1.25 * (8 * 64 + 16 * 16))
    expect(of({ kind: 'recurrent', cell: 'gru', units: 16 })).toBeGreaterThan(8 * 16)
  })

  it('takes the options of layers, and is told all its problems at once', () => {
    const raw = {
      kind: 'mlp',
      hidden: [8],
      activation: 'geluTahn',
      dropout: 1,
      normalisation: { kind: 'batch', statistics: 'freeze' },
      initialiser: 'He',
    }
    const found = problems(model, raw)
    for (const said of [
      "did you mean 'geluTanh'?",
      'dropout: expected a number >= 0 and < 1, got 1',
      '"continue", "reset", "first"',
      "did you mean 'he'?",
    ])
      expect(found).toContain(said)
    expect(problems(model, { ...raw, normalisation: { kind: 'batch' } })).toContain('normalisation.statistics')
    expect(problems(model, { kind: 'recurrent', cell: 'gru', units: 4, activation: 'tanh' })).toContain(
      "activation: expected no 'activation': only the cell 'elman' has one",
    )
  })

  it('of every kind learns', () => {
    const models: readonly unknown[] = [
      { kind: 'mlp', hidden: [8], activation: 'silu', normalisation: { kind: 'layer' }, dropout: 0.1 },
      { kind: 'cnn', filters: [2], activation: 'tanh', normalisation: { kind: 'batch', statistics: 'first' } },
      { kind: 'recurrent', cell: 'elman', units: 6, activation: 'relu', truncate: 1 },
      { kind: 'recurrent', cell: 'gru', units: 6, reset: 'after', recurrentInitialiser: 'orthogonal' },
    ]
    for (const raw of models) {
      const found = decodeWith(model, raw)
      if (E.isLeft(found)) throw new Error(found.left.map(said).join('\n'))
      const log = tinyRun([], 'domain', { model: found.right, training: { batch: 8, iterations: 40 } })
      const loss = log.experiences[0]?.loss
      expect([raw, (loss?.last ?? 1) < (loss?.first ?? 0)]).toEqual([raw, true])
    }
  })
})
