import type { StopSignal } from '../shell/signals.js'
import type { Screen } from './display.js'
import type { Paint } from './paint.js'

/** What commands see of the world around them. */
export interface Terminal {
  readonly cwd: string
  /** Writes to standard output. */
  readonly out: (text: string) => void
  /** Writes to standard error. */
  readonly err: (text: string) => void
  readonly paint: Paint
  readonly errPaint: Paint
  /** The terminal that standard output is, or null when it is a pipe or a file. */
  readonly screen: Screen | null
  /** Calls the listener at the first stop signal. Returns how to stop listening. */
  readonly onStop: (listener: (signal: StopSignal) => void) => () => void
}
