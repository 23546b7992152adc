import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { plan } from '../../src/compile/plan.js'
import { separate } from '../../src/compile/separate.js'
import { traffic } from '../../src/compile/traffic.js'
import { cost } from '../../src/graph/cost.js'
import { decodeWith } from '../../src/codec/decode.js'
import { closed } from '../../src/codec/closed.js'
import { rawLogFields } from '../../src/record/rawLog.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { scoresOf } from '../../src/train/evaluate.js'
import { tinyLearner } from '../support/learner.js'
import { tinyRun } from '../support/tiny.js'

type Costs = ReturnType<typeof tinyRun>['costs']
type Work = Costs['training']

const flat = ({ macs, operations, traffic: moved }: Work) => [macs, operations, moved?.read, moved?.written]
const times = (n: number, work: Work) => flat(work).map((x) => n * (x ?? Number.NaN))

/** A phase of three steps at each boundary that keeps the parameters. */
const dreaming: AnyStrategy = {
  name: 'dreamer',
  rights: { boundary: true },
  tensors: { kept: { shape: ({ layout }) => [layout.size], init: 0 } },
  phases: [
    {
      name: 'dream',
      when: { on: 'boundary' },
      steps: 3,
      commit: ({ params }) => ({ tensors: { kept: params } }),
    },
  ],
}

describe('the costs of a run', () => {
  it('of training grow with its steps, those of evaluation do not, and no step needs more for there being others', () => {
    const once = tinyRun([]).costs
    const twice = tinyRun([], 'class', { training: { batch: 8, iterations: 50 } }).costs
    expect(flat(twice.training)).toEqual(times(2, once.training))
    expect(twice.training.traffic?.peak).toBe(once.training.traffic?.peak)
    expect(twice.evaluation).toEqual(once.evaluation)
  })

  it('of evaluation are those of its graph and its plan, for every batch of test rows', () => {
    const { world, place, ledger, evaluator } = tinyLearner([])
    const scores = scoresOf(world, place)
    for (let index = 0; index < 3; index++) evaluator.measure([index])
    const one = { ...cost([scores]), ...traffic(plan(separate({ updates: {}, outputs: { scores } }))) }
    expect(ledger.evaluation).toEqual({
      macs: 3 * one.macs,
      operations: 3 * one.operations,
      read: 3 * one.read,
      written: 3 * one.written,
      peak: one.peak,
    })
    expect(ledger.training.operations).toBe(0)
  })

  it('of a phase are its own: nothing of it is in training or evaluation', () => {
    const [sleeping, awake] = [tinyRun([dreaming]).costs, tinyRun([]).costs]
    expect(sleeping.training).toEqual(awake.training)
    expect(sleeping.evaluation).toEqual(awake.evaluation)
    const bytes = sleeping.bytes.parameters
    // three steps at each of three boundaries copy the parameters
    expect(sleeping.phases['dreamer/dream']).toEqual({
      macs: 0,
      operations: 0,
      traffic: { read: 9 * bytes, written: 9 * bytes, peak: 2 * bytes },
      steps: 9,
      rows: {},
    })
  })

  it('of measuring transfer on copies are evaluation', () => {
    const [measured, plain] = [tinyRun([dreaming], 'class', { measure: ['transfer'] }).costs, tinyRun([dreaming]).costs]
    expect(measured.training).toEqual(plain.training)
    expect(measured.phases).toEqual(plain.phases)
    flat(measured.evaluation).forEach((x, i) => {
      expect(x).toBeGreaterThan(flat(plain.evaluation)[i] ?? Number.NaN)
    })
    // a copy trains, which needs more at once than its evaluation
    expect(measured.evaluation.traffic?.peak).toBe(
      Math.max(plain.training.traffic?.peak ?? 0, plain.evaluation.traffic?.peak ?? 0),
    )
  })

  it('are whole numbers that a result file holds', () => {
    const log = tinyRun([dreaming])
    expect(E.isRight(decodeWith(closed('a raw log', rawLogFields), log))).toBe(true)
  })
})
