import type { RunEvent, RunName } from '../shell/event.js'
import type { Progress } from '../train/progress.js'

/** One run that is being worked on. */
export interface Row {
  readonly run: RunName
  readonly startedAt: number
  readonly progress: Progress | null
}

/** Everything the live display shows: the runs being worked on in order of their start, and how many are done. */
export interface Board {
  readonly rows: readonly Row[]
  readonly finished: number
  readonly total: number
  readonly workers: number
  readonly startedAt: number
  /** Summed duration of finished runs, ms. */
  readonly spent: number
}

/** A board before the first run starts. */
export const emptyBoard = (total: number, workers: number, now: number): Board => ({
  rows: [],
  finished: 0,
  total,
  workers,
  startedAt: now,
  spent: 0,
})

const same = (a: RunName, b: RunName): boolean => a.label === b.label && a.seed === b.seed

/** The board after an event. */
export const after = (board: Board, event: RunEvent): Board => {
  switch (event.kind) {
    case 'started':
      return { ...board, rows: [...board.rows, { run: event.run, startedAt: event.at, progress: null }] }
    case 'progress':
      return {
        ...board,
        rows: board.rows.map((row) => (same(row.run, event.run) ? { ...row, progress: event.progress } : row)),
      }
    case 'finished': {
      const row = board.rows.find((candidate) => same(candidate.run, event.run))
      return {
        ...board,
        rows: board.rows.filter((candidate) => candidate !== row),
        finished: board.finished + 1,
        spent: board.spent + (row === undefined ? 0 : event.at - row.startedAt),
      }
    }
  }
}

/** Steps done over steps in all, in [0, 1]. */
export const doneFraction = ({ progress }: Row): number =>
  progress === null || progress.totalSteps === 0 ? 0 : Math.min(progress.doneSteps / progress.totalSteps, 1)

/** Estimated time until one run is finished, ms; null before there is anything to estimate from. */
export const rowLeft = (row: Row, now: number): number | null => {
  const done = doneFraction(row)
  return done < 0.01 ? null : ((now - row.startedAt) * (1 - done)) / done
}

/**
 * Estimated time until everything is finished, ms: the work left, at the mean duration of a run, shared by the workers.
 * Null before there is anything to estimate from.
 */
export const boardLeft = (board: Board, now: number): number | null => {
  const elapsed = board.rows.map((row) => now - row.startedAt).reduce((sum, ms) => sum + ms, board.spent)
  const done = board.rows.map(doneFraction).reduce((sum, fraction) => sum + fraction, board.finished)
  if (done < 0.05) return null
  const mean = elapsed / done
  const rowsLeft = board.rows.map((row) => rowLeft(row, now) ?? mean)
  return Math.max((mean * (board.total - done)) / board.workers, ...rowsLeft)
}
