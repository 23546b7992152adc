import { paintFor } from '../../src/cli/paint.js'
import { runProgram } from '../../src/cli/program.js'
import type { Terminal } from '../../src/cli/terminal.js'
import type { Ended } from './engram.js'

/**
 * Runs the command line in this process: for everything that ends before a worker starts. `width`: columns of a screen, whose live lines
 * are in `live`; absent: there is none.
 */
export const inProcess = async (
  args: readonly string[],
  cwd: string,
  width?: number,
): Promise<Ended & { readonly live: string }> => {
  const written = { out: '', err: '', live: '' }
  const to = (stream: keyof typeof written) => (text: string) => {
    written[stream] += text
  }
  const paint = paintFor(false, {})
  const screen: Terminal['screen'] =
    width === undefined
      ? null
      : { write: to('live'), columns: () => width, rows: () => 24, onResize: () => () => undefined, now: () => 0 }
  const code = await runProgram(args, {
    cwd,
    out: to('out'),
    err: to('err'),
    paint,
    errPaint: paint,
    screen,
    onStop: () => () => undefined,
  })
  return { code, ...written }
}
