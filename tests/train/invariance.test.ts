import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { key } from '../../src/random/key.js'
import { digestOf } from '../../src/record/digest.js'
import { combine, type Method } from '../../src/strategy/method.js'
import { strategies } from '../../src/strategy/registry.js'
import { createSteppers, learn } from '../../src/train/experience.js'
import { createLearner } from '../../src/train/learner.js'
import { tinyInput, tinyRun } from '../support/tiny.js'

const made = (name: string, options: object): Method => {
  const plugin = strategies.find((p) => p.name === name)
  const decoded = plugin === undefined ? undefined : decodeWith(plugin.options, options)
  if (plugin === undefined || decoded === undefined || E.isLeft(decoded)) throw new Error(name)
  return plugin.make(decoded.right)
}

const replay = { capacity: 12, rows: 8 }
const methods: readonly (readonly [string, () => Method])[] = [
  ['naive', () => []],
  ['ewc', () => made('ewc', { lambda: 5, batch: 16, fisher: 'sample' })],
  ['replay', () => made('replay', replay)],
  ['cls', () => made('cls', { capacity: 12, rows: 8, steps: 10 })],
  ['ewc+replay', () => combine(made('ewc', { lambda: 5, batch: 16 }), made('replay', replay))],
]

type Log = ReturnType<typeof tinyRun>

/** Everything but what the evaluations cost, and the transfer that only some runs measure. */
const learned = ({ costs: { evaluation: _, ...costs }, transfer: __, ...rest }: Log) => ({ ...rest, costs })

describe.each(methods)('what is measured changes no bit: %s', (_, method) => {
  it.each(['task', 'class', 'domain'] as const)('transfer, %s-incremental', (kind) => {
    const plain = tinyRun(method(), kind)
    const measured = tinyRun(method(), kind, { measure: ['transfer'] })
    expect(measured.transfer).toBeDefined()
    expect(plain.parameters?.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(learned(measured)).toEqual(learned(plain))
    expect(measured.costs.evaluation.macs).toBeGreaterThan(plain.costs.evaluation.macs)
  })

  it('accuracy on every context after every step', () => {
    const { stream, model, optimiser, training } = tinyInput(method())
    const plain = tinyRun(method())
    const learner = createLearner({ model, optimiser, batch: training.batch, stream, method: method(), key: key(1) })
    const { world, evaluator, ledger } = learner
    const steppers = createSteppers(learner)
    const look = (): void => stream.contexts.forEach((_, context) => evaluator.measure([context]))
    const losses = stream.experiences.map((experience) => {
      const steps = (): number => training.iterations ?? 0
      const lesson = { experience, steps, rest: 'drop', boundary: 'keep', balance: 0 } as const
      return learn(learner, steppers, { ...lesson, onStep: look, onPhase: look }).loss
    })
    expect(digestOf(Float32Array.from(world.store.read('params')))).toBe(plain.parameters?.sha256)
    expect(losses).toEqual(plain.experiences.map(({ loss }) => loss))
    expect(ledger.training.macs).toBe(plain.costs.training.macs)
  })
})

describe('the order of runs', () => {
  it('changes no bit of any of them: nothing is left behind by a run', () => {
    const runs = methods.map(
      ([, method]) =>
        () =>
          tinyRun(method()),
    )
    const forwards = runs.map((start) => start())
    const backwards = runs.toReversed().map((start) => start())
    expect(backwards.toReversed()).toEqual(forwards)
  })

  it('matters as little as the place of a method in a list when strategies are shared by two runs', () => {
    const shared = made('cls', { capacity: 12, rows: 8, steps: 10 })
    const first = tinyRun(shared)
    expect(tinyRun(shared)).toEqual(first)
  })
})

describe('the digest of the parameters', () => {
  it('tells runs apart that learned anything else', () => {
    const digests = [1, 2, 3].map((seed) => tinyRun([], 'class', { seed }).parameters?.sha256)
    const longer = tinyRun([], 'class', { training: { batch: 8, iterations: 26 } }).parameters?.sha256
    expect(new Set([...digests, longer]).size).toBe(4)
  })
})
