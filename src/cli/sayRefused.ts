import type { Engine } from '../shell/engine.js'
import type { Terminal } from './terminal.js'

/** Tells that wide mode is off although it was wanted. */
export const sayRefused = ({ refused }: Engine, { err, errPaint }: Terminal): void => {
  if (refused !== null) err(`${errPaint.bad('warning:')} 256-bit kernels are off: ${refused}\n`)
}
