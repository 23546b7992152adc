/** The worker thread: one job at a time, from plain data to a raw log. It reads no file but the plugins. */
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { RawLog } from '../record/rawLog.js'
import { strategies } from '../strategy/registry.js'
import { buildStream } from '../stream/build.js'
import { methodOf } from '../train/methodOf.js'
import type { Finding } from '../train/finding.js'
import type { Progress } from '../train/progress.js'
import { run } from '../train/run.js'
import { isOutOfMemory, reasonOf } from './error.js'
import type { Job, Mistake, WorkerMessage, WorkerTask } from './job.js'
import { settingsOf } from './plan.js'
import { loadPlugins } from './plugins.js'

/** At most this often progress of one phase is told, ms. */
const interval = 50

/**
 * Does one job; closes its port when all is told. Left: a strategy of a plugin file threw, or the memory was not enough. Throws where
 * only a bug can fail: on what the main thread has checked before, and in built-in methods.
 */
export const work = async ({ job, port }: WorkerTask): Promise<E.Either<Mistake, RawLog>> => {
  try {
    port.postMessage({ kind: 'started' } satisfies WorkerMessage)
    return await logOf(job, (message) => port.postMessage(message))
  } finally {
    port.close()
  }
}

const logOf = async (
  { configuration, dataset, plugins, debugNan }: Job,
  tell: (message: WorkerMessage) => void,
): Promise<E.Either<Mistake, RawLog>> => {
  const { method, scenario, seed } = configuration
  const stream = buildStream(scenario, dataset, seed)
  if (E.isLeft(stream)) throw new Error('the scenario refuses a seed that it had accepted')
  const known = await loadPlugins(plugins, strategies)()
  if (E.isLeft(known)) throw new Error('a plugin that could be loaded cannot be loaded any more')
  const changed = (configuration.plugins ?? []).find(({ name, digest }) => known.right.digests.get(name) !== digest)
  if (changed !== undefined) throw new Error(`the file of plugin '${changed.name}' changed while runs were under way`)
  const input = { ...settingsOf(configuration), stream: stream.right }
  try {
    const made = methodOf(method.strategies, known.right.plugins)
    const observe = throttled((progress) => tell({ kind: 'progress', progress }))
    const diagnose = debugNan ? (finding: Finding) => tell({ kind: 'found', finding }) : undefined
    return E.right(run({ ...input, ...made }, observe, diagnose))
  } catch (error) {
    if (isOutOfMemory(error)) return E.left({ files: [], message: reasonOf(error) })
    if (configuration.plugins === undefined) throw error
    return E.left(mistakeOf(error, plugins))
  }
}

/** With the stacks of its causes: the engine wraps what a hook throws. */
const stackOf = (error: unknown): string =>
  error instanceof Error ? `${error.stack ?? ''}\n${stackOf(error.cause)}` : ''

/** The files are those whose code was running, or all where none was. */
const mistakeOf = (error: unknown, plugins: readonly string[]): Mistake => {
  const stack = stackOf(error)
  const running = plugins.filter((path) => stack.includes(pathToFileURL(path).href))
  return { files: running.length > 0 ? running : plugins, message: reasonOf(error) }
}

/** Tells every change of phase, experience or accuracy, and the steps between at a rate that a display can follow. */
const throttled = (tell: (progress: Progress) => void): ((progress: Progress) => void) => {
  let last: Progress | null = null
  let told = Number.NEGATIVE_INFINITY
  return (progress) => {
    const now = performance.now()
    const turned =
      last === null ||
      progress.phase !== last.phase ||
      progress.experience !== last.experience ||
      progress.accuracy !== last.accuracy
    if (!turned && now - told < interval) return
    last = progress
    told = now
    tell(progress)
  }
}
