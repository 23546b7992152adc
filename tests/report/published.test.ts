import { describe, expect, it } from 'vitest'
import { judge, tally } from '../../src/report/published.js'
import {
  marginCell,
  nameCell,
  oursCell,
  publishedCell,
  remarkOf,
  verdictCell,
} from '../../src/report/publishedCells.js'
import type { Result } from '../../src/record/result.js'
import type { Expectation } from '../../src/train/expected.js'
import { diverged, naiveResult } from '../support/results.js'

const row: Expectation = {
  label: 'naive',
  measure: 'accuracy',
  mean: 0.5,
  interval: { kind: 'none' },
  source: 'somebody',
  tag: 'V',
  margin: 0.02,
}

/** A run whose last row of accuracies is this. */
const ending = (seed: number, last: readonly number[], within?: readonly number[]): Result => {
  const { accuracy, ...rest } = naiveResult
  const matrix = [...accuracy.matrix.slice(0, -1), last]
  const withinContext = within === undefined ? {} : { withinContext: [...accuracy.matrix.slice(0, -1), within] }
  return { ...rest, seed, accuracy: { ...accuracy, matrix, ...withinContext } }
}

const near = [1, 2, 3, 4].map((seed) => ending(seed, [0.4, 0.5, 0.6, 0.5, 0.5 + seed / 100]))

const only = (expected: readonly Expectation[], results: readonly Result[]) => {
  const [found] = judge(expected, results)
  if (found === undefined) throw new Error('no row')
  return found
}

describe('a published figure', () => {
  it('is judged on the average accuracy at the end', () => {
    const found = only([row], near)
    expect(found.ours?.mean).toBeCloseTo(0.505, 12)
    expect(found.verdict).toEqual({ kind: 'equivalent' })
    expect([publishedCell(row), marginCell(row), verdictCell(found)]).toEqual(['50.00 V', '±2.0', 'equivalent'])
    expect(oursCell(found)).toBe('50.50 ± 0.41')
  })

  it('of the measure within-context is judged on the last row of those accuracies', () => {
    const results = [1, 2, 3].map((seed) => ending(seed, [0, 0, 0, 0, 0], [0.9, 0.9, 0.9, 0.9, 0.9 + seed / 1000]))
    const within = { ...row, measure: 'within-context', mean: 0.9 } as const
    const found = only([within], results)
    expect(found.ours?.mean).toBeCloseTo(0.9004, 12)
    expect(found.verdict).toEqual({ kind: 'equivalent' })
    expect(nameCell(within)).toBe('naive, within')
    expect(only([within], near)).toMatchObject({
      verdict: { kind: 'not run' },
      missing: 'within-context was not measured',
    })
  })

  it('gets no verdict unless it was read in a primary text', () => {
    for (const tag of ['S', 'F', 'NV', 'M', 'P'] as const)
      for (const results of [near, [], near.map(diverged)])
        expect(only([{ ...row, tag, mean: 0.9 }], results).verdict).toBeNull()
    const interval = { kind: 'sem', value: 0.0052 } as const
    expect(publishedCell({ ...row, tag: 'NV', interval })).toBe('50.00 ± 0.52 sem NV')
  })

  it('is not run without a run of its label, and says why', () => {
    const [found] = judge([{ ...row, label: 'ewc' }], near, 'the budget was used up')
    expect(found).toMatchObject({ ours: null, missing: 'the budget was used up', verdict: { kind: 'not run' } })
  })

  it('is different as soon as a run diverged: the seeds that went well are not a mean', () => {
    const found = only([row], [...near, diverged({ ...naiveResult, seed: 9 })])
    expect(found).toMatchObject({ ours: null, runs: 5, diverged: 1, verdict: { kind: 'different' } })
    expect([oursCell(found), remarkOf(found)]).toEqual(['diverged', '1 of 5 runs diverged'])
  })

  it('says what an undecided one needs', () => {
    expect(remarkOf(only([row], near.slice(0, 1)))).toBe('one seed has no interval')
    expect(remarkOf(only([{ ...row, mean: 0.519 }], near.slice(0, 2)))).toMatch(/^equivalent at \d+ seeds$/)
    expect(remarkOf(only([{ ...row, mean: 0.526 }], near.slice(0, 2)))).toMatch(
      /^beyond the margin: different at \d+ seeds$/,
    )
  })

  it('is counted once', () => {
    const rows = [
      row,
      { ...row, mean: 0.9 },
      { ...row, mean: 0.523 },
      { ...row, label: 'ewc' },
      { ...row, tag: 'S' } as const,
    ]
    expect(tally(judge(rows, near))).toEqual({ equivalent: 1, different: 1, undecided: 1, 'not run': 1, unjudged: 1 })
  })
})
