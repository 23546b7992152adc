import { after, type Board, emptyBoard } from './board.js'
import type { Display, Screen } from './display.js'
import { drawBoard } from './draw.js'
import { finishedLine } from './lines.js'
import type { Paint } from './paint.js'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const clearBelow = '\r\u001b[J'

/** At most this often the block is drawn anew, ms. */
const interval = 100

/**
 * The display of a terminal: finished runs stay above, a block with one line per running run is redrawn below. Between
 * two draws the cursor rests at the first column of the block's first line, so that a redraw is "clear what is below,
 * write": it stays right when the terminal is resized and its lines are folded anew.
 */
export const liveDisplay = (
  screen: Screen,
  paint: Paint,
  { runs, workers, nameWidth }: { readonly runs: number; readonly workers: number; readonly nameWidth: number },
): Display => {
  let board: Board = emptyBoard(runs, workers, screen.now())
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = (above = ''): void => {
    drawnAt = screen.now()
    // the last column stays free: some terminals fold a line that fills it
    const lines = drawBoard(board, drawnAt, Math.max(screen.columns() - 1, 1), Math.max(screen.rows() - 1, 1))
    const back = lines.length > 1 ? `\u001b[${lines.length - 1}A` : ''
    screen.write(`${hideCursor}${clearBelow}${above}${lines.map(paint.live).join('\n')}\r${back}`)
  }
  const timer = setInterval(draw, 1000)
  const forget = screen.onResize(() => draw())
  return {
    tell: (event) => {
      board = after(board, event)
      if (event.kind === 'finished') draw(`${finishedLine(event, paint, nameWidth)}\n`)
      else if (screen.now() - drawnAt >= interval) draw()
    },
    say: (line) => draw(`${line}\n`),
    stop: () => {
      clearInterval(timer)
      forget()
      screen.write(`${clearBelow}${showCursor}`)
    },
  }
}
