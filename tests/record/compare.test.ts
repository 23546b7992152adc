import { describe, expect, it } from 'vitest'
import { differences, same } from '../../src/record/compare.js'
import { naiveResult } from '../support/results.js'

describe('comparison of results', () => {
  it('ignores where and when a run was made', () => {
    const later = { ...naiveResult, manifest: { ...naiveResult.manifest, seconds: 1, machine: 'another' } }
    expect(same(naiveResult, later)).toBe(true)
  })

  it('names every place that differs', () => {
    const { accuracy, costs } = naiveResult
    const matrix = accuracy.matrix.map((row, i) => (i === 2 ? row.map((a, j) => (j === 2 ? a / 2 : a)) : row))
    const other = { ...naiveResult, accuracy: { ...accuracy, matrix }, costs: { ...costs, evaluation: { macs: 1 } } }
    expect(differences(naiveResult, other)).toEqual(['accuracy.matrix[2][2]', 'costs.evaluation.macs'])
    expect(same(naiveResult, other)).toBe(false)
  })

  it('names a field that only one of them has', () => {
    const other = { ...naiveResult, transfer: { curves: [], scratch: [], relearn: [] } }
    expect(differences(naiveResult, other)).toEqual(['transfer'])
  })
})
