import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import type { AppError } from '../shell/error.js'
import { nameOf } from '../shell/event.js'
import { execute } from '../shell/execute.js'
import { shared } from '../shell/job.js'
import { cores } from '../shell/machine.js'
import type { Preflight } from '../shell/preflight.js'
import type { Prepared } from '../shell/prepare.js'
import { resultOf } from '../shell/result.js'
import { writeResult } from '../shell/writeResult.js'
import { type StopSignal, stopCodes } from '../shell/signals.js'
import type { Display } from './display.js'
import { fail } from './failure.js'
import { findingText } from './findingText.js'
import { lineDisplay } from './lines.js'
import { liveDisplay } from './live.js'
import type { Terminal } from './terminal.js'
import { counted, placeFrom } from './text.js'

/** What can end the work early; null: nothing did. */
type Ending =
  | null
  | { readonly kind: 'signal'; readonly signal: StopSignal }
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'bug'; readonly error: unknown }

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
  const ending = await finish(prepared, pending, { workers: threads, engine, debugNan }, display, terminal)
  display.stop()
  return report(ending, place, terminal)
}

const finish = async (
  { benchmark, dataset, pluginPaths }: Prepared,
  pending: Preflight['pending'],
  { workers, engine, debugNan }: { readonly workers: number; readonly engine: string; readonly debugNan: boolean },
  display: Display,
  { onStop }: Terminal,
): Promise<Ending> => {
  const abort = new AbortController()
  let ending: Ending = null
  const end = (early: Ending): void => {
    ending ??= early
    abort.abort()
  }
  const forget = onStop((signal) => end({ kind: 'signal', signal }))
  const data = shared(dataset)
  const starts = new Map<string, { readonly at: number; readonly startedAt: Date }>()
  const jobs = pending.map((planned) => ({ ...planned, plugins: pluginPaths, dataset: data, debugNan }))
  try {
    await execute(jobs, {
      workers,
      signal: abort.signal,
      watch: {
        started: (job, at) => {
          starts.set(job.path, { at, startedAt: new Date() })
          display.tell({ kind: 'started', run: job.run, at })
        },
        progress: ({ run }, at, progress) => display.tell({ kind: 'progress', run, at, progress }),
        found: ({ run }, finding) => display.say(findingText(run, finding)),
        finished: (job, at, log) => {
          if (ending !== null) return
          const start = starts.get(job.path) ?? { at, startedAt: new Date() }
          const seconds = (performance.now() - start.at) / 1000
          const result = resultOf(benchmark.name, job, log, { engine, startedAt: start.startedAt, seconds, workers })
          const written = writeResult(job.path, result)
          if (E.isLeft(written)) end({ kind: 'refused', error: written.left })
          else display.tell({ kind: 'finished', run: job.run, at, result })
        },
        mistaken: ({ run: { label, seed } }, { files, message }) => {
          const where = `${files.length === 0 ? '' : `plugin ${files.join(', ')}, `}method '${label}', seed ${seed}`
          end({ kind: 'refused', error: { _tag: 'Refused', where, reason: message } })
        },
      },
    })
  } catch (error) {
    ending ??= { kind: 'bug', error }
  } finally {
    forget()
  }
  return ending
}

const report = (ending: Ending, place: string, terminal: Terminal): number => {
  if (ending === null) return 0
  const { err, errPaint } = terminal
  switch (ending.kind) {
    case 'refused':
      return fail([ending.error], terminal)
    case 'signal':
      err(`\nstopped; finished runs are kept in ${place}, and the same command does the rest\n`)
      return stopCodes[ending.signal]
    case 'bug': {
      const { error } = ending
      err(`${errPaint.bad('bug:')} a run broke off; finished runs are kept in ${place}\n`)
      err(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      return 1
    }
  }
}
