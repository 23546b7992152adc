import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { canonicalLines } from '../../src/record/canonical.js'
import { result } from '../../src/record/result.js'
import { diverged, fixtureResults, naiveResult } from '../support/results.js'

const problemsOf = (value: unknown): readonly string[] => {
  const decoded = decodeWith(result, value)
  return E.isLeft(decoded) ? decoded.left.map(({ path }) => path) : []
}

describe('a result file', () => {
  it('survives being written and read', () => {
    for (const run of [...fixtureResults, diverged(naiveResult)]) {
      expect(decodeWith(result, JSON.parse(canonicalLines(run)))).toEqual(E.right(run))
    }
  })

  it('of another schema version is refused', () => {
    expect(problemsOf({ ...naiveResult, schema: 'engram/result/2' })).toEqual(['schema'])
  })

  it('reports all problems of its shape at once', () => {
    const { hash: _, ...rest } = naiveResult
    const found = problemsOf({ ...rest, seed: -1, lable: 'x', accuracy: { matrix: [[1.5]], untrained: [Number.NaN] } })
    expect(found).toEqual(
      expect.arrayContaining(['lable', 'hash', 'seed', 'accuracy.matrix[0][0]', 'accuracy.untrained[0]']),
    )
  })

  it('reports all contradictions at once', () => {
    const { accuracy, experiences } = naiveResult
    const ragged = accuracy.matrix.map((row, i) => (i === 1 || i === 3 ? row.slice(1) : row))
    const misplaced = experiences.map((e) => (e.index === 4 ? { ...e, index: 9, context: 7 } : e))
    expect(problemsOf({ ...naiveResult, accuracy: { ...accuracy, matrix: ragged }, experiences: misplaced })).toEqual([
      'accuracy.matrix[1]',
      'accuracy.matrix[3]',
      'experiences[4].index',
      'experiences[4].context',
    ])
  })

  it('of a complete run has one row per experience', () => {
    const { accuracy } = naiveResult
    expect(problemsOf({ ...naiveResult, accuracy: { ...accuracy, matrix: accuracy.matrix.slice(1) } })).toEqual([
      'accuracy.matrix',
    ])
  })

  it('of a diverged run holds nothing measured after it diverged', () => {
    const early = diverged(naiveResult)
    expect(problemsOf(early)).toEqual([])
    expect(problemsOf({ ...early, status: { kind: 'diverged', experience: 0, step: 3 } })).toEqual([
      'accuracy.matrix',
      'experiences',
    ])
  })

  it('has learning curves with one accuracy per step', () => {
    const curves = [{ context: 9, steps: [1, 1], accuracy: [0.5] }]
    expect(problemsOf({ ...naiveResult, transfer: { curves, scratch: [], relearn: [] } })).toEqual([
      'transfer.curves[0].context',
      'transfer.curves[0].steps',
      'transfer.curves[0].accuracy',
    ])
  })

  it('reads -0 as 0', () => {
    const { accuracy } = naiveResult
    const decoded = decodeWith(result, { ...naiveResult, accuracy: { ...accuracy, untrained: [-0, 0, 0, 0, 0] } })
    expect(E.isRight(decoded) && Object.is(decoded.right.accuracy.untrained[0], 0)).toBe(true)
  })
})
