import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/metrics/metric.js'
import { metrics } from '../../src/metrics/registry.js'
import { diverged, naiveResult, older, resultOf, shapes } from '../support/results.js'

// three contexts, worked by hand; other libraries print 0.075, 0.1 and 0.125 for this matrix under the one name "forgetting"
const golden: Run = {
  ...naiveResult,
  configuration: { scenario: { incremental: 'task' } },
  accuracy: {
    matrix: [
      [0.9, 0.1, 0.1],
      [0.95, 0.8, 0.1],
      [0.7, 0.85, 0.9],
    ],
    untrained: [0.05, 0.06, 0.02],
    withinContext: [
      [0.95, 0.5, 0.4],
      [0.96, 0.9, 0.5],
      [0.8, 0.9, 1],
    ],
  },
  experiences: naiveResult.experiences.slice(0, 3),
  transfer: {
    curves: [
      { context: 0, steps: [0, 10], accuracy: [0, 1] },
      { context: 1, steps: [0, 10, 20], accuracy: [0.5, 0.9, 0.9] },
      { context: 2, steps: [0, 10, 20], accuracy: [0.4, 0.8, 1] },
    ],
    scratch: [
      { context: 1, steps: [0, 10, 20], accuracy: [0.2, 0.8, 0.8] },
      { context: 2, steps: [0, 10, 20], accuracy: [0.6, 0.8, 1] },
    ],
    relearn: [
      { context: 0, criterion: 0.9, first: 100, again: 20 },
      { context: 1, criterion: 0.9, first: 80, again: 40 },
    ],
  },
  costs: {
    training: { macs: 1000, operations: 500, traffic: { read: 700, written: 100, peak: 640 } },
    phases: {
      'ewc/fisher': { macs: 50, operations: 10, traffic: { read: 40, written: 8, peak: 720 }, steps: 5, rows: {} },
      'cls/sleep': { macs: 200, operations: 90, traffic: { read: 100, written: 52, peak: 700 }, steps: 2, rows: {} },
    },
    evaluation: { macs: 30, operations: 20, traffic: { read: 60, written: 20, peak: 9000 } },
    bytes: { parameters: 400, optimiser: 800, strategy: 16, buffers: 7 },
    rowsRead: {},
  },
}

const of = (id: string, run: Run) => {
  const metric = metrics.find((m) => m.id === id)
  if (metric === undefined) throw new Error(`no metric ${id}`)
  return metric.measure(run)
}

const expected: Readonly<Record<string, number>> = {
  'accuracy.average': (0.7 + 0.85 + 0.9) / 3,
  'accuracy.within': (0.8 + 0.9 + 1) / 3,
  'accuracy.incremental': (0.9 + (0.95 + 0.8) / 2 + (0.7 + 0.85 + 0.9) / 3) / 3,
  'accuracy.learning': (0.9 + 0.8 + 0.9) / 3,
  'accuracy.worst': 0.7,
  'forgetting.chaudhry': 0.1,
  'forgetting.first_last': 0.075,
  'forgetting.max_incl_final': 0.125,
  'transfer.backward': -0.075,
  'transfer.forward': (0.1 - 0.06 + 0.1 - 0.02) / 2,
  // mean heights: 0.8 against 0.65, and 0.75 against 0.8
  'transfer.ratio': (0.15 / 0.35 - 0.05 / 0.2) / 2,
  'relearning.savings': (0.8 + 0.5) / 2,
  'cost.training': 1000,
  'cost.phases': 250,
  'cost.learning': 1250,
  'cost.evaluation': 30,
  'operations.training': 500,
  'operations.phases': 100,
  'operations.evaluation': 20,
  'traffic.training': 800,
  'traffic.phases': 200,
  'traffic.evaluation': 80,
  'memory.method': 23,
  'memory.total': 1223,
  'memory.peak': 720,
  // 1250 MACs of 4.6 pJ and 600 operations of 0.9 pJ; 1000 bytes are 125 words of 1.3 nJ
  'energy.learning.arithmetic': 6.29e-9,
  'energy.learning.memory': 168.79e-9,
  'energy.learning.brain': 8.4395e-9,
  'energy.evaluation.arithmetic': 0.156e-9,
  'energy.evaluation.memory': 13.156e-9,
  'energy.evaluation.brain': 0.6578e-9,
}

const reasonOf = (id: string, run: Run): string => {
  const found = of(id, run)
  return found.kind === 'undefined' ? found.reason : `value ${found.value}`
}

describe('on the golden matrix', () => {
  it.each(metrics.map(({ id }) => id))('%s is as worked by hand', (id) => {
    const found = of(id, golden)
    expect(found.kind).toBe('value')
    const wanted = expected[id] ?? Number.NaN
    if (found.kind === 'value')
      expect(Math.abs(found.value - wanted)).toBeLessThan(1e-12 * Math.max(1e-9, Math.abs(wanted)))
  })
})

describe('outside its domain', () => {
  const joint = resultOf(shapes[1]!, 2)

  it('a matrix of one row has average and worst accuracy and costs, and nothing that compares rows', () => {
    const defined = metrics.filter(({ measure }) => measure(joint).kind === 'value').map(({ id }) => id)
    expect(defined.filter((id) => !/^(cost|operations|traffic|memory|energy)\./.test(id))).toEqual([
      'accuracy.average',
      'accuracy.worst',
    ])
    expect(reasonOf('forgetting.chaudhry', joint)).toBe('the matrix has one row')
  })

  it('forward transfer is undefined in class-incremental scenarios and when the kind is unknown', () => {
    expect(reasonOf('transfer.forward', naiveResult)).toMatch(/^class-incremental/)
    expect(reasonOf('transfer.forward', { ...golden, configuration: {} })).toMatch(/does not say/)
  })

  it('forward transfer is defined in domain-incremental scenarios', () => {
    expect(of('transfer.forward', { ...golden, configuration: { scenario: { incremental: 'domain' } } }).kind).toBe(
      'value',
    )
  })

  it('a run from before operations and bytes moved were counted has its multiply-accumulates and no estimate of energy', () => {
    const defined = metrics.filter(({ measure }) => measure(older(naiveResult)).kind === 'value').map(({ id }) => id)
    expect(defined.filter((id) => /^(cost|operations|traffic|memory|energy)\./.test(id))).toEqual([
      'cost.training',
      'cost.phases',
      'cost.learning',
      'cost.evaluation',
      'memory.method',
      'memory.total',
    ])
    const reason = 'the result was written before element operations and bytes moved were counted'
    expect(reasonOf('operations.phases', older(naiveResult))).toBe(reason)
    expect(reasonOf('memory.peak', older(naiveResult))).toBe(reason)
  })

  it('a diverged run has no value of any metric', () => {
    for (const { id, measure } of metrics) expect(measure(diverged(naiveResult)).kind, id).toBe('undefined')
    expect(reasonOf('accuracy.average', diverged(naiveResult))).toBe('the run diverged in experience 3, step 417')
  })

  it('a stream that visits contexts in another order has no diagonal', () => {
    const turned = { ...golden, experiences: golden.experiences.toReversed().map((e, index) => ({ ...e, index })) }
    expect(reasonOf('accuracy.learning', turned)).toBe('experience 1 does not train context 1')
  })

  it('a context that is not relearned makes savings undefined instead of being left out', () => {
    const { transfer } = golden
    const censored = { context: 2, criterion: 0.9, first: 10, again: null }
    const run: Run = {
      ...golden,
      ...(transfer && { transfer: { ...transfer, relearn: [...transfer.relearn, censored] } }),
    }
    expect(reasonOf('relearning.savings', run)).toBe('context 3 did not reach 90.0 % again')
  })

  it('transfer needs curves measured at the same steps', () => {
    const { transfer } = golden
    const run: Run = { ...golden, ...(transfer && { transfer: { ...transfer, scratch: transfer.scratch.slice(1) } }) }
    expect(reasonOf('transfer.ratio', run)).toBe('context 2 was not learned from scratch')
    expect(reasonOf('transfer.ratio', naiveResult)).toBe('the benchmark does not measure learning curves')
  })
})
