import { nameOf } from '../shell/event.js'
import { shared } from '../shell/job.js'
import { cores } from '../shell/machine.js'
import type { Preflight } from '../shell/preflight.js'
import type { Prepared } from '../shell/prepare.js'
import { lineDisplay } from './lines.js'
import { liveDisplay } from './live.js'
import type { Terminal } from './terminal.js'
import { counted, placeFrom } from './text.js'
import { sayEnding, work } from './work.js'

/**
 * Does the pending runs and writes each result when it is finished, so that whatever ends the work early leaves finished
 * results only. Returns the exit code: 0 all finished, 1 a bug, 2 a result cannot be written, a plugin failed or memory was not enough, 128 + n after a signal.
 */
export const perform = async (
  prepared: Prepared,
  { done, pending }: Preflight,
  {
    folder,
    workers,
    engine,
    debugNan,
  }: {
    readonly folder: string
    readonly workers: number | undefined
    readonly engine: string
    readonly debugNan: boolean
  },
  terminal: Terminal,
): Promise<number> => {
  const { out, paint, screen, cwd } = terminal
  const place = placeFrom(cwd, folder)
  const all = done.length + pending.length
  if (pending.length === 0) {
    out(`${prepared.benchmark.name}: all ${counted(all, 'run')} are in ${place} already\n`)
    return 0
  }
  const threads = Math.min(workers ?? cores(), pending.length)
  const already = done.length === 0 ? '' : `, ${done.length} finished before`
  out(
    `${paint.strong(prepared.benchmark.name)}: ${counted(all, 'run')}${already}, ${counted(threads, 'worker')}, results in ${place}\n`,
  )
  const nameWidth = Math.max(...pending.map(({ run }) => nameOf(run).length))
  const display =
    screen === null
      ? lineDisplay(out, paint, nameWidth)
      : liveDisplay(screen, paint, { runs: pending.length, workers: threads, nameWidth })
  const { benchmark, pluginPaths } = prepared
  const dataset = shared(prepared.dataset)
  const tasks = pending.map((planned) => ({
    ...planned,
    benchmark: benchmark.name,
    shown: planned.run,
    plugins: pluginPaths,
    dataset,
    debugNan,
  }))
  const ending = await work(tasks, { workers: threads, engine }, display, terminal)
  display.stop()
  return sayEnding(ending, place, terminal)
}
