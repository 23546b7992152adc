import { once } from 'node:events'
import { extname } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { MessageChannel } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { Piscina } from 'piscina'
import type { RawLog } from '../record/rawLog.js'
import type { Finding } from '../train/finding.js'
import type { Progress } from '../train/progress.js'
import type { Job, Mistake, WorkerMessage, WorkerTask } from './job.js'

/** What the executor tells while it works; times are in milliseconds of this thread's monotonic clock. */
export interface Watch<J> {
  readonly started: (job: J, at: number) => void
  readonly progress: (job: J, at: number, progress: Progress) => void
  /** Only of jobs that look for a NaN, and before they are finished. */
  readonly found: (job: J, finding: Finding) => void
  readonly finished: (job: J, at: number, log: RawLog) => void
  /** A strategy of a plugin file threw, or the memory was not enough. */
  readonly mistaken: (job: J, mistake: Mistake) => void
}

/** How to execute: runs at the same time, what stops them, who is told. */
export interface Execution<J> {
  readonly workers: number
  readonly signal: AbortSignal
  readonly watch: Watch<J>
  /** Asked before each job: false starts no more, and those that run are finished. Absent: all are started. */
  readonly more?: (() => boolean) | undefined
}

/**
 * Runs jobs on worker threads, at most `workers` at a time, started in the listed order. Resolves when all are finished, or those that `more` let start;
 * rejects with the first bug that a worker throws, or when `signal` aborts. Either way all threads are stopped by then.
 */
export const execute = async <J extends Job>(
  jobs: readonly J[],
  { workers, signal, watch, more = () => true }: Execution<J>,
): Promise<void> => {
  const filename = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))
  const pool = new Piscina<WorkerTask, E.Either<Mistake, RawLog>>({
    filename,
    minThreads: workers,
    maxThreads: workers,
    atomics: 'disabled',
  })
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true })
    // a thread that dies outside of a job
    pool.on('error', reject)
  })
  // the pool would start waiting jobs in an order of its own: each lane takes the next one when it is free
  const queue = jobs.values()
  const lanes = Array.from({ length: workers }, async () => {
    for (const job of queue) {
      if (!more()) return
      await executeOne(pool, job, watch)
    }
  })
  try {
    await Promise.race([stopped, Promise.all(lanes)])
  } finally {
    await pool.destroy()
  }
}

const executeOne = async <J extends Job>(
  pool: Piscina<WorkerTask, E.Either<Mistake, RawLog>>,
  job: J,
  watch: Watch<J>,
): Promise<void> => {
  const { port1, port2 } = new MessageChannel()
  port1.on('message', (message: WorkerMessage) => {
    if (message.kind === 'started') watch.started(job, performance.now())
    else if (message.kind === 'found') watch.found(job, message.finding)
    else watch.progress(job, performance.now(), message.progress)
  })
  try {
    const { run, configuration, plugins, dataset, debugNan } = job
    const task = { job: { run, configuration, plugins, dataset, debugNan }, port: port2 }
    // the worker closes its port when it is done: by then every message has arrived
    const [done] = await Promise.all([pool.run(task, { name: 'work', transferList: [port2] }), once(port1, 'close')])
    if (E.isLeft(done)) watch.mistaken(job, done.left)
    else watch.finished(job, performance.now(), done.right)
  } finally {
    port1.removeAllListeners('message')
    port1.close()
  }
}
