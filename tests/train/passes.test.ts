import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { add, block, literal, mul, square, stop, sub, sum } from '../../src/graph/ops.js'
import type { AtBoundary, Network } from '../../src/nn/network.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { cls } from '../../src/strategy/cls.js'
import { ewc } from '../../src/strategy/ewc.js'
import { replay } from '../../src/strategy/replay.js'
import { evaluatingNetwork, keyInput, stateBlock } from '../../src/train/passes.js'
import { leavesOf } from '../../src/train/handed.js'
import type { LearnerInput } from '../../src/train/learner.js'
import { run } from '../../src/train/run.js'
import { stage } from '../../src/train/stage.js'
import { tensorBlock } from '../../src/train/tensors.js'
import { bits } from '../support/compiled.js'
import { accuracyOf, tinyLearner } from '../support/learner.js'
import { learnedIn, shortStream, tinyInput, tinyRun } from '../support/tiny.js'

type Model = LearnerInput['model']

const plain = { kind: 'mlp', hidden: [5], initialiser: 'pytorch' } as const
const normalised = (statistics: AtBoundary) => ({
  ...plain,
  normalisation: { kind: 'batch' as const, statistics },
})
const regularised: Model = { ...plain, dropout: 0.25, normalisation: { kind: 'batch', statistics: 'continue' } }
const convolutional: Model = {
  kind: 'cnn',
  filters: [3],
  kernel: 3,
  initialiser: 'he',
  dropout: 0.25,
  normalisation: { kind: 'batch', statistics: 'continue' },
}
const recurrent: Model = { kind: 'recurrent', cell: 'gru', units: 4, initialiser: 'pytorch' }

const clsOptions = {
  capacity: 20,
  replay: 'on',
  rows: 8,
  consistency: 2,
  target: 'better',
  decay: 0.9,
  sleep: 'boundary',
  steps: 5,
  macs: 1e9,
  probe: 8,
} as const

const ewcOptions = {
  lambda: 5,
  mode: 'online',
  gamma: 1,
  fisher: 'exact',
  rows: 'all',
  divisor: 'N',
  step: 'explicit',
  batch: 16,
} as const

const replayOptions = (capacity: number, rows: number) =>
  ({
    capacity,
    fill: 'reservoir',
    perClass: 1,
    rows,
    weighting: 'concatenated',
    order: 'uniform',
    balance: 'none',
  }) as const

/** Every bit of parameters, moments and statistics after two experiences. */
const after = (method: readonly AnyStrategy[], changes: Parameters<typeof tinyLearner>[1]) => {
  const learner = tinyLearner(method, changes)
  const told = [learner.learn(), learner.learn()].map(({ loss, terms }) => ({ loss, terms }))
  return { told, params: bits(learner.read('params')), state: bits(learner.read(stateBlock)) }
}

describe('training passes', () => {
  it('change no bit for rows that only fill up a batch, whatever draws and counts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 15 }), fc.integer({ min: 1, max: 15 }), (n, padding) => {
        const of = (room: number) =>
          after([replay(replayOptions(n, room))], { model: regularised, steps: 3, batch: room, stream: shortStream(n) })
        expect(of(n + padding)).toEqual(of(n))
      }),
      { numRuns: 3 },
    )
  })

  it.each([
    ['mlp', regularised],
    ['cnn', convolutional],
    ['recurrent', recurrent],
  ] as const)('have the bits of the reference, awake and asleep: %s', (_, model) => {
    let looked = 0
    const learner: ReturnType<typeof tinyLearner> = tinyLearner([cls(clsOptions)], {
      model,
      steps: 3,
      watch: {
        step: (staged, program, inputs) => {
          const { store } = learner.world
          const updates = Object.entries(staged.updates)
          const roots = updates.map(([, e]) => e)
          const env = Object.fromEntries(
            leavesOf(roots).map((leaf) => {
              const name = String(leaf.attrs.name)
              return [name, leaf.op.name === 'block' ? store.read(name) : (inputs[name] ?? 0)]
            }),
          )
          const wanted = evaluate(roots, env, 'f32')
          program.run(inputs)
          updates.forEach(([name], i) => {
            expect([name, bits([...store.read(name)])]).toEqual([name, bits([...(wanted[i] ?? [])])])
          })
          looked++
        },
        scores: () => undefined,
      },
    })
    learner.learn()
    expect(looked).toBeGreaterThan(3)
  })

  it('draw from nothing but the seed, the step and the rows', () => {
    const model: Model = { ...plain, dropout: 0.5 }
    const quiet: AnyStrategy = { name: 'quiet', rights: {}, objective: () => [{ name: 'zero', value: literal(0) }] }
    const learned = (method: readonly AnyStrategy[], changes = {}) =>
      learnedIn(tinyRun(method, 'class', { model, ...changes }))
    expect(learned([quiet])).toEqual(learned([]))
    expect(learned([])).toEqual(learned([]))
    expect(learned([], { seed: 2 })).not.toEqual(learned([]))
    expect(learned([], { model: plain })).not.toEqual(learned([]))
  })

  it('have a key of their own, awake and asleep', () => {
    const keys: string[] = []
    const learner = tinyLearner([cls(clsOptions)], {
      model: { ...plain, dropout: 0.5 },
      steps: 4,
      watch: {
        step: (staged, program, inputs, { during, step }) => {
          program.run(inputs)
          const given = inputs[keyInput]
          if (typeof given === 'object') keys.push(Array.from(given).join())
          expect([during, step, given !== undefined]).toEqual([during, step, staged.inputs.has(keyInput)])
        },
        scores: () => undefined,
      },
    })
    learner.learn()
    learner.learn()
    expect(keys).toHaveLength(2 * (4 + clsOptions.steps))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('draw apart for batches of one step', () => {
    // a second pass over the same values, under another name
    const twice = (x: (batch: Expr) => Expr): AnyStrategy => ({
      name: 'twice',
      rights: {},
      loss: null,
      objective: (c) => {
        if (c.batch === undefined || c.output === undefined) return []
        const other = c.network.apply(c.params, x(c.batch.x)).logits
        return [{ name: 'apart', value: sum(square(sub(c.output.logits, other))) }]
      },
    })
    const terms = (x: (batch: Expr) => Expr) =>
      tinyLearner([twice(x)], { model: { ...plain, dropout: 0.5 }, steps: 1 }).learn().terms['twice/apart']
    expect(terms((x) => x)).toBe(0)
    expect(terms((x) => mul(x, 1))).toBeGreaterThan(0)
  })

  it('change nothing when somebody looks for NaN', () => {
    const input = tinyInput([cls(clsOptions)], 'class', { model: regularised })
    const found: unknown[] = []
    const watched = run(
      input,
      () => undefined,
      (finding) => found.push(finding),
    )
    expect(learnedIn(watched)).toEqual(learnedIn(tinyRun([cls(clsOptions)], 'class', { model: regularised })))
    expect(found).toEqual([])
  })

  it('with dropout or statistics are measured without a trace', () => {
    for (const model of [regularised, convolutional]) {
      const measured = tinyRun([cls(clsOptions)], 'class', { model, measure: ['transfer'] })
      expect(measured.transfer?.relearn).toHaveLength(1)
      expect(learnedIn(measured)).toEqual(learnedIn(tinyRun([cls(clsOptions)], 'class', { model })))
    }
  })
})

describe('the mode of a pass', () => {
  const draws = (e: Expr | undefined): boolean =>
    e !== undefined && leavesOf([e]).some(({ attrs }) => attrs.name === keyInput)

  /** Which passes of each hook draw. */
  const seenBy = () => {
    const seen: Record<string, boolean> = {}
    const looking: AnyStrategy = {
      name: 'looking',
      rights: {},
      buffers: { rows: { capacity: 8, columns: {} } },
      draws: { old: { from: 'rows', rows: 4, pick: (from) => new Int32Array(from.size > 0 ? 4 : 0) } },
      keep: { rows: { from: 'batch', admit: () => ({ slots: Int32Array.of(0), take: Int32Array.of(0) }) } },
      weight: (c) => {
        seen['weight'] = draws(c.network.apply(c.params, c.batch?.x ?? block('', [])).logits)
        return literal(1)
      },
      objective: (c) => {
        seen['incoming'] = draws(c.output?.logits)
        const x = c.batches['old']?.x
        if (x === undefined) return []
        const own = c.network.apply(c.params, x).logits
        seen['objective, own parameters'] = draws(own)
        seen['objective, a teacher'] = draws(c.network.apply(stop(c.params), x).logits)
        return [{ name: 'sum', value: mul(0.001, sum(own)) }]
      },
      gradient: (c) => {
        seen['gradient'] = draws(c.network.apply(c.params, c.batch?.x ?? block('', [])).logits)
        return c.gradient ?? c.params
      },
      commit: (c) => {
        seen['commit'] = draws(c.network.apply(c.params, c.batch?.x ?? block('', [])).logits)
        return {}
      },
      predict: (c) => {
        const scores = c.network.apply(c.params, c.x).logits
        seen['predict'] = draws(scores)
        return scores
      },
    }
    tinyRun([looking], 'class', { model: regularised })
    return seen
  }

  it('is training with the parameters of the step in the objective and of the incoming batch, and nowhere else', () => {
    expect(seenBy()).toEqual({
      weight: false,
      incoming: true,
      'objective, own parameters': true,
      'objective, a teacher': false,
      gradient: false,
      commit: false,
      predict: false,
    })
  })

  it('is not for a hook to choose', () => {
    const forcing: AnyStrategy = {
      name: 'forcing',
      rights: {},
      objective: (c) => [
        { name: 't', value: sum(c.network.apply(c.params, c.batch?.x ?? c.params, { state: c.params }).logits) },
      ],
    }
    expect(() => tinyRun([forcing], 'class', { model: regularised })).toThrow(
      "hook 'objective': network.apply: whether a pass",
    )
  })

  it('of rows made from two batches is refused where padding would count', () => {
    const mixing = (objective: AnyStrategy['objective']): AnyStrategy => ({
      name: 'mixing',
      rights: { experience: true, boundary: true },
      draws: { old: { from: 'experience', rows: 8, pick: () => new Int32Array(8) } },
      ...(objective === undefined ? {} : { objective }),
    })
    const mixed = mixing((c) => {
      const x = add(c.batch?.x ?? 0, c.batches['old']?.x ?? 0)
      return [{ name: 't', value: mul(0.001, sum(c.network.apply(c.params, x).logits)) }]
    })
    expect(() => tinyRun([mixed], 'class', { model: regularised })).toThrow(
      "made from 'batch' and 'draw/mixing/old' cannot tell",
    )
    expect(tinyRun([mixed], 'class', { model: { ...plain, dropout: 0.5 } }).status.kind).toBe('complete')
    const scaled = mixing((c) => [
      { name: 't', value: mul(0.001, sum(c.network.apply(c.params, mul(0.5, c.batch?.x ?? 0)).logits)) },
    ])
    expect(tinyRun([scaled], 'class', { model: regularised }).status.kind).toBe('complete')
  })

  it('leaves a network without draws and state alone: its graph is what it was', () => {
    const { world, place } = tinyLearner([ewc(ewcOptions)], { hidden: [5] })
    expect(evaluatingNetwork(world).network).toBe(world.network)
    const members = world.method.map((strategy) => ({ strategy, step: strategy }))
    const seen: Network[] = []
    const looking: AnyStrategy = {
      name: 'looking',
      rights: {},
      objective: ({ network }) => (seen.push(network), []),
    }
    const { optimiser } = world
    const staged = stage(world, place, {
      members: [...members, { strategy: looking, step: looking }],
      wake: true,
      optimiser,
      slots: 'optimiser',
      present: new Map(),
    })
    expect(seen).toEqual([world.network])
    expect([...staged.inputs].filter((name) => name.startsWith('network/'))).toEqual([])
    expect(Object.keys(staged.updates)).not.toContain(stateBlock)
  })
})

describe('what a network keeps', () => {
  /** The state after the first and during the second experience. */
  const course = (statistics: AtBoundary) => {
    const model = normalised(statistics)
    const { world, learn, read } = tinyLearner([], { model, steps: 5 })
    const initial = [...(world.network.state?.initial ?? [])]
    learn()
    const first = read(stateBlock)
    learn()
    return { initial, first, second: read(stateBlock) }
  }

  it('goes on, begins again or stays at a boundary, as its layer says', () => {
    const [on, again, stays] = (['continue', 'reset', 'first'] as const).map(course)
    expect(on?.first).not.toEqual(on?.initial)
    expect([again?.first, stays?.first]).toEqual([on?.first, on?.first])
    expect(stays?.second).toEqual(stays?.first)
    const differ = [on, again, stays].map((c) => JSON.stringify(c?.second))
    expect(new Set(differ).size).toBe(3)
  })

  it('is moved by every training pass of a step, one after the other', () => {
    const again: AnyStrategy = {
      name: 'again',
      rights: {},
      objective: (c) => [{ name: 't', value: mul(0, sum(c.network.apply(c.params, mul(c.batch?.x ?? 0, 1)).logits)) }],
    }
    const means = (method: readonly AnyStrategy[]) => {
      const learner = tinyLearner(method, { model: normalised('continue'), hidden: [5], steps: 1 })
      learner.learn()
      return learner.read(stateBlock).slice(0, 5)
    }
    const [once, twice] = [means([]), means([again])]
    // from 0, a tenth of the way to the batch's mean, then a tenth of what is left
    twice.forEach((mean, i) => expect(mean / (once[i] ?? 0)).toBeCloseTo(1.9, 5))
  })

  it('is in the digest and the bytes of a run', () => {
    const runs = (['continue', 'reset'] as const).map((statistics) =>
      tinyRun([], 'class', { model: normalised(statistics) }),
    )
    expect(runs[0]?.experiences.map((e) => e.loss)).toEqual(runs[1]?.experiences.map((e) => e.loss))
    expect(runs[0]?.parameters).not.toEqual(runs[1]?.parameters)
    // 6-5-6 with gain and bias, and a mean and a variance for each of 5 units
    expect(runs[0]?.costs.bytes.parameters).toBe(4 * (6 * 5 + 5 + 5 + 5 + 5 * 6 + 6 + 10))
  })

  it('is left alone by a wake that does not learn and by an evaluation', () => {
    const asleep: AnyStrategy = { name: 'asleep', rights: {}, loss: null }
    const learner = tinyLearner([asleep], { model: regularised })
    const before = learner.read(stateBlock)
    learner.learn()
    accuracyOf(learner)(0)
    expect(learner.read(stateBlock)).toEqual(before)
  })

  it('decides what is predicted: an evaluation normalises with it', () => {
    const learner = tinyLearner([], { model: normalised('continue') })
    learner.learn()
    const before = [0, 1, 2].map((i) => accuracyOf(learner)(i))
    learner.world.store.write(stateBlock, learner.world.network.state?.initial ?? [])
    expect([0, 1, 2].map((i) => accuracyOf(learner)(i))).not.toEqual(before)
  })
})

describe('importances', () => {
  it('are estimated without dropout and with running statistics', () => {
    const importance = (model: Model) => {
      const learner = tinyLearner([ewc({ ...ewcOptions, lambda: 0 })], { model, steps: 0 })
      learner.learn()
      return learner.read(tensorBlock('ewc', 'importance'))
    }
    expect(importance({ ...plain, dropout: 0.5 })).toEqual(importance(plain))
    expect(importance(regularised)).toEqual(importance(normalised('continue')))
    expect(importance(regularised).every((x) => Number.isFinite(x) && x >= 0)).toBe(true)
  })
})
