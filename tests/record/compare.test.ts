import { describe, expect, it } from 'vitest'
import { differences, same, uncompared } from '../../src/record/compare.js'
import { naiveResult, older, resultOf, shapes } from '../support/results.js'

const clsResult = resultOf(shapes[4]!, 2)

describe('comparison of results', () => {
  it('ignores where and when a run was made', () => {
    const later = { ...naiveResult, manifest: { ...naiveResult.manifest, seconds: 1, machine: 'another' } }
    expect(same(naiveResult, later)).toBe(true)
  })

  it('names every place that differs', () => {
    const { accuracy, costs } = naiveResult
    const matrix = accuracy.matrix.map((row, i) => (i === 2 ? row.map((a, j) => (j === 2 ? a / 2 : a)) : row))
    const other = {
      ...naiveResult,
      accuracy: { ...accuracy, matrix },
      costs: { ...costs, evaluation: { ...costs.evaluation, macs: 1 } },
    }
    expect(differences(naiveResult, other)).toEqual(['accuracy.matrix[2][2]', 'costs.evaluation.macs'])
    expect(same(naiveResult, other)).toBe(false)
  })

  it('names a field that only one of them has', () => {
    const other = { ...naiveResult, transfer: { curves: [], scratch: [], relearn: [] } }
    expect(differences(naiveResult, other)).toEqual(['transfer'])
    expect(uncompared(naiveResult, other)).toEqual([])
  })

  it('holds nothing against a kept file that is older than what is recorded now, and says what it left out', () => {
    const now = { ...clsResult, parameters: { sha256: '0'.repeat(64) } }
    const { parameters: _, ...rest } = now
    const before = older(rest)
    const parts = [
      'evaluation',
      ...Object.keys(now.costs.phases)
        .map((id) => `phases.${id}`)
        .toSorted(),
      'training',
    ]
    const left = [...parts.flatMap((part) => [`costs.${part}.operations`, `costs.${part}.traffic`]), 'parameters']
    expect(same(before, now)).toBe(true)
    expect(uncompared(before, now)).toEqual(left)
    const changed = { ...before, costs: { ...before.costs, training: { macs: 1 } } }
    expect(differences(changed, now)).toEqual(['costs.training.macs'])
    // a run that no longer records what the kept one has is another run
    expect(differences(now, before)).toEqual(left)
    expect(uncompared(now, before)).toEqual([])
  })

  it('holds it against a run that both have recorded and that moved other bytes', () => {
    const { costs } = clsResult
    const { traffic } = costs.training
    const other = {
      ...clsResult,
      costs: { ...costs, training: { ...costs.training, traffic: { ...traffic!, read: 1 } } },
    }
    expect(differences(clsResult, other)).toEqual(['costs.training.traffic.read'])
  })
})
