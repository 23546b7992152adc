import { nameOf } from '../shell/event.js'
import { type Board, boardLeft, doneFraction, type Row, rowLeft } from './board.js'
import { bar, counted, duration, fit, lossText, percent } from './text.js'

/** The live block: one line for everything, one line per run being worked on; each fits the width, never more than `height` lines. */
export const drawBoard = (board: Board, now: number, width: number, height: number): readonly string[] => {
  const labelWidth = Math.max(0, ...board.rows.map((row) => nameOf(row.run).length))
  const shown = board.rows.slice(0, Math.max(height - 1, 0))
  return [head(board, now, width), ...shown.map((row) => drawRow(row, now, width, labelWidth))]
}

const head = (board: Board, now: number, width: number): string => {
  const left = boardLeft(board, now)
  const parts = [
    `${board.finished} of ${counted(board.total, 'run')} finished`,
    `${duration((now - board.startedAt) / 1000)} elapsed`,
    left === null ? 'estimating' : `about ${duration(left / 1000)} left`,
  ]
  return fit(parts.join(' · '), width)
}

/** The line of one run. In a narrow terminal the least important parts go first: the bar, the step, the loss; then it is cut. */
export const drawRow = (row: Row, now: number, width: number, labelWidth: number): string => {
  const name = nameOf(row.run).padEnd(labelWidth)
  const { progress } = row
  if (progress === null) return fit(`  ${name}  starting`, width)
  const left = rowLeft(row, now)
  const parts = {
    name: `  ${name}`,
    experience: `exp ${Math.min(progress.experience + 1, progress.experiences)}/${progress.experiences}`,
    bar: (space: number) => bar(doneFraction(row), space),
    step: `${progress.phase} ${String(progress.step).padStart(String(progress.steps).length)}/${progress.steps}`.padEnd(
      16,
    ),
    loss: `loss ${lossText(progress.loss).padEnd(7)}`,
    accuracy: `acc ${percent(progress.accuracy).padStart(5)}`,
    left: (left === null ? '' : `${duration(left / 1000)} left`).padEnd(11),
  }
  const { experience, step, loss, accuracy } = parts
  const rich = [experience, '', step, loss, accuracy, parts.left]
  const layouts = [
    rich,
    [experience, '', loss, accuracy, parts.left],
    [experience, '', accuracy, parts.left],
    [experience, accuracy, parts.left],
  ]
  const lines = layouts.map((layout) => stretched(parts.name, layout, parts.bar, width))
  const plain = [parts.name, experience, accuracy].join('  ')
  return fit(lines.find((line) => line !== null) ?? plain, width)
}

/** A layout with its bar (the empty part) given the space that is left, or null where it does not fit. */
const stretched = (
  name: string,
  layout: readonly string[],
  barOf: (space: number) => string,
  width: number,
): string | null => {
  const fixed = [name, ...layout].join('  ').length
  const space = Math.min(width - fixed, 24)
  const withBar = layout.includes('')
  if (space < (withBar ? 6 : 0)) return null
  return [name, ...layout.map((part, index) => (part === '' && index === 1 ? barOf(space) : part))].join('  ').trimEnd()
}
