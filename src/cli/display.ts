import type { RunEvent } from '../shell/event.js'

/** Shows what the executor tells: live in a terminal, as plain lines in a pipe. */
export interface Display {
  readonly tell: (event: RunEvent) => void
  /** Prints a line that stays. */
  readonly say: (line: string) => void
  /** Leaves the terminal as it was; nothing may be told afterwards. */
  readonly stop: () => void
}

/** The part of a terminal or pipe that displays need. */
export interface Screen {
  readonly write: (text: string) => void
  readonly columns: () => number
  readonly rows: () => number
  readonly onResize: (listener: () => void) => () => void
  readonly now: () => number
}
