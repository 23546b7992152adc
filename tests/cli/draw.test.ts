import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { after, boardLeft, emptyBoard, type Row } from '../../src/cli/board.js'
import { drawBoard, drawRow } from '../../src/cli/draw.js'
import { duration, fit, lossText } from '../../src/cli/text.js'

const row: Row = {
  run: { label: 'replay', seed: 11 },
  startedAt: 0,
  progress: {
    phase: 'train',
    experience: 2,
    experiences: 5,
    step: 120,
    steps: 300,
    doneSteps: 720,
    totalSteps: 1500,
    loss: 0.1234,
    accuracy: 0.876,
  },
}

describe('the line of a run', () => {
  it('shows everything where there is room', () => {
    expect(drawRow(row, 9000, 120, 14)).toBe(
      '  replay seed 11  exp 3/5  ━━━━━━━━━━━━────────────  train 120/300     loss 0.123    acc 87.6%  10s left',
    )
  })

  it('gives up the step, then the loss, then the bar', () => {
    expect(drawRow(row, 9000, 76, 14)).not.toContain('train')
    expect(drawRow(row, 9000, 76, 14)).toContain('loss')
    expect(drawRow(row, 9000, 60, 14)).toBe('  replay seed 11  exp 3/5  ━━━━─────  acc 87.6%  10s left')
    expect(drawRow(row, 9000, 40, 14)).toBe('  replay seed 11  exp 3/5  acc 87.6%')
  })

  it('for every width, fits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 30 }), (width, label) => {
        expect([...drawRow(row, 9000, width, label)].length).toBeLessThanOrEqual(width)
        expect([...drawRow({ ...row, progress: null }, 9000, width, label)].length).toBeLessThanOrEqual(width)
      }),
    )
  })
})

describe('the board', () => {
  const run = row.run
  const started = after(emptyBoard(4, 2, 0), { kind: 'started', run, at: 0 })

  it('has no estimate before there is something to estimate from', () => {
    expect(boardLeft(started, 1000)).toBeNull()
    expect(drawBoard(started, 1000, 80, 10)).toEqual([
      '0 of 4 runs finished · 1s elapsed · estimating',
      '  replay seed 11  starting',
    ])
  })

  it('estimates what is left from what is done, shared by the workers', () => {
    const half = { ...row.progress, doneSteps: 750, totalSteps: 1500 }
    if (row.progress === null) throw new Error('no progress')
    const board = after(started, { kind: 'progress', run, at: 10, progress: { ...row.progress, ...half } })
    // half a run took 5 s: 3.5 runs of 10 s by two workers
    expect(boardLeft(board, 5000)).toBe(17500)
  })

  it('never has more lines than the terminal', () => {
    const many = Array.from({ length: 9 }, (_, seed) => ({ label: 'a', seed }))
    const board = many.reduce((b, name) => after(b, { kind: 'started', run: name, at: 0 }), emptyBoard(9, 9, 0))
    expect(drawBoard(board, 0, 80, 4)).toHaveLength(4)
  })

  it('ignores progress of runs it does not know', () => {
    if (row.progress === null) throw new Error('no progress')
    const other = { label: 'other', seed: 1 }
    expect(after(started, { kind: 'progress', run: other, at: 1, progress: row.progress })).toEqual(started)
  })
})

describe('small texts', () => {
  it('cuts with an ellipsis', () => {
    expect([fit('abcdef', 6), fit('abcdef', 4), fit('abcdef', 1), fit('abcdef', 0)]).toEqual([
      'abcdef',
      'abc…',
      '…',
      '',
    ])
  })

  it('says times as people do', () => {
    expect([0, 59.4, 60, 3599, 7380].map(duration)).toEqual(['0s', '59s', '1m00s', '59m59s', '2h03m'])
  })

  it('shows losses short', () => {
    expect([null, Number.NaN, 0, 0.00001, 0.05, 0.5, 12345].map(lossText)).toEqual([
      '–',
      '–',
      '0.0000',
      '1.0e-5',
      '0.0500',
      '0.500',
      '1.2e+4',
    ])
  })
})
