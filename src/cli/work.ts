/** Runs on worker threads, shown while they work, each result written when it is finished. */
import { performance } from 'node:perf_hooks'
import * as E from 'fp-ts/lib/Either.js'
import type { AppError } from '../shell/error.js'
import type { RunName } from '../shell/event.js'
import { execute } from '../shell/execute.js'
import type { Job } from '../shell/job.js'
import type { PlannedRun } from '../shell/plan.js'
import { resultOf } from '../shell/result.js'
import { type StopSignal, stopCodes } from '../shell/signals.js'
import { writeResult } from '../shell/writeResult.js'
import type { Display } from './display.js'
import { fail } from './failure.js'
import { findingText } from './findingText.js'
import type { Terminal } from './terminal.js'

/** What can end the work early; null: nothing did. */
export type Ending =
  | null
  | { readonly kind: 'signal'; readonly signal: StopSignal }
  | { readonly kind: 'refused'; readonly error: AppError }
  | { readonly kind: 'bug'; readonly error: unknown }

/** A planned run as a job. `benchmark`: whose result it is; `shown`: what displays call it. */
export interface Task extends PlannedRun, Job {
  readonly benchmark: string
  readonly shown: RunName
}

/** How to work: threads, the engine in use, and what is asked before each run is started (absent: nothing). */
export interface Working {
  readonly workers: number
  readonly engine: string
  readonly more?: () => boolean
}

/** Does the runs in their order, so that whatever ends the work early leaves finished results only. */
export const work = async (
  tasks: readonly Task[],
  { workers, engine, more }: Working,
  display: Display,
  { onStop }: Pick<Terminal, 'onStop'>,
): Promise<Ending> => {
  const abort = new AbortController()
  let ending: Ending = null
  const end = (early: Ending): void => {
    ending ??= early
    abort.abort()
  }
  const forget = onStop((signal) => end({ kind: 'signal', signal }))
  const starts = new Map<string, { readonly at: number; readonly startedAt: Date }>()
  try {
    await execute(tasks, {
      workers,
      more,
      signal: abort.signal,
      watch: {
        started: ({ path, shown }, at) => {
          starts.set(path, { at, startedAt: new Date() })
          display.tell({ kind: 'started', run: shown, at })
        },
        progress: ({ shown }, at, progress) => display.tell({ kind: 'progress', run: shown, at, progress }),
        found: ({ shown }, finding) => display.say(findingText(shown, finding)),
        finished: (task, at, log) => {
          if (ending !== null) return
          const start = starts.get(task.path) ?? { at, startedAt: new Date() }
          const seconds = (performance.now() - start.at) / 1000
          const result = resultOf(task.benchmark, task, log, { engine, startedAt: start.startedAt, seconds, workers })
          const written = writeResult(task.path, result)
          if (E.isLeft(written)) end({ kind: 'refused', error: written.left })
          else display.tell({ kind: 'finished', run: task.shown, at, result })
        },
        mistaken: ({ shown: { label, seed } }, { files, message }) => {
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

/** Tells how the work ended and returns the exit code: 0 all finished, 1 a bug, 2 refused, 128 + n after a signal. */
export const sayEnding = (ending: Ending, place: string, terminal: Terminal): number => {
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
