import { nameOf, type RunEvent } from '../shell/event.js'
import type { Display } from './display.js'
import type { Paint } from './paint.js'
import { duration, lossText, percent } from './text.js'

type Finished = Extract<RunEvent, { readonly kind: 'finished' }>
type Result = Finished['result']

/** Mean test accuracy over all contexts at the end, a fraction; null when the run holds no evaluation. */
export const finalAccuracy = ({ accuracy }: Result): number | null => {
  const last = accuracy.matrix.at(-1)
  return last === undefined || last.length === 0 ? null : last.reduce((sum, a) => sum + a, 0) / last.length
}

/** The line that a finished run leaves: `✓ ewc seed 11  19.6% average accuracy  8s`; its name padded to a width. */
export const finishedLine = ({ run, result }: Finished, paint: Paint, nameWidth: number): string => {
  const name = nameOf(run).padEnd(nameWidth)
  const time = paint.faint(duration(result.manifest.seconds))
  const { status } = result
  if (status.kind === 'diverged') {
    return `${paint.bad('✗')} ${name}  ${paint.bad(`diverged in experience ${status.experience + 1} at step ${status.step}`)}  ${time}`
  }
  return `${paint.good('✓')} ${name}  ${percent(finalAccuracy(result))} average accuracy  ${time}`
}

/** The display of a pipe: one line per finished experience and per finished run, no control codes. */
export const lineDisplay = (write: (text: string) => void, paint: Paint, nameWidth: number): Display => {
  const reached = new Map<string, number>()
  return {
    tell: (event) => {
      const name = nameOf(event.run).padEnd(nameWidth)
      if (event.kind === 'finished') write(`${finishedLine(event, paint, nameWidth)}\n`)
      if (event.kind !== 'progress' || event.progress.phase !== 'evaluate') return
      const { experience, experiences, loss, accuracy } = event.progress
      if (accuracy === null || (reached.get(name) ?? -1) >= experience) return
      reached.set(name, experience)
      write(
        `  ${name}  experience ${experience + 1}/${experiences}  loss ${lossText(loss)}  accuracy ${percent(accuracy)}\n`,
      )
    },
    say: (line) => write(`${line}\n`),
    stop: () => undefined,
  }
}
