import * as E from 'fp-ts/lib/Either.js'
import type { Dataset } from '../data/dataset.js'
import { chooseEngine } from '../shell/engine.js'
import type { AppError } from '../shell/error.js'
import { nameOf } from '../shell/event.js'
import { shared } from '../shell/job.js'
import { cores } from '../shell/machine.js'
import { type PlannedRun, settingsOf } from '../shell/plan.js'
import { preflight } from '../shell/preflight.js'
import { type Prepared, prepare } from '../shell/prepare.js'
import { type Published, resultsFolder } from '../shell/published.js'
import { fail } from './failure.js'
import { lineDisplay } from './lines.js'
import { liveDisplay } from './live.js'
import { sayRefused } from './sayRefused.js'
import type { Terminal } from './terminal.js'
import { counted, placeFrom } from './text.js'
import { sayEnding, type Task, work } from './work.js'

/** How the runs end: the exit code (0: done, or the budget used up), and why benchmarks could not be run at all. */
export interface Performed {
  readonly code: number
  readonly without: ReadonlyMap<Published, string>
}

/** Below `root` are the folders of results; `more` is asked before each run is started. */
export interface Performing {
  readonly root: string
  readonly workers?: number
  readonly wide: boolean
  readonly more: () => boolean
}

/** Does the runs that are missing, the first seed of every method before the second of any. */
export const performPublished = async (
  pending: readonly Published[],
  { root, workers, wide, more }: Performing,
  terminal: Terminal,
): Promise<Performed> => {
  const without = new Map<Published, string>()
  const stopped = (code: number): Performed => ({ code, without })
  const groups: { readonly prepared: Prepared; readonly runs: readonly PlannedRun[] }[] = []
  const errors: AppError[] = []
  for (const one of pending) {
    const prepared = await prepare(one.read, terminal.cwd)()
    if (E.isLeft(prepared)) {
      const { left } = prepared
      if (left._tag === 'DatasetMissing')
        without.set(one, `the data set '${left.dataset}' is not on this machine: ${left.get}`)
      else errors.push(left)
      continue
    }
    const folder = resultsFolder(one, root)
    const checked = preflight(prepared.right, one.selected, { folder, force: false, repeat: false })
    if (E.isLeft(checked)) errors.push(...checked.left)
    else groups.push({ prepared: prepared.right, runs: checked.right.pending })
  }
  if (errors.length > 0) return stopped(fail(errors, terminal, 'choose a folder that can be written with --out'))
  const tasks = roundRobin(groups)
  if (tasks.length === 0) return stopped(0)
  const fast = tasks.some(({ configuration }) => settingsOf(configuration).training.arithmetic === 'fast')
  const engine = await chooseEngine({ wide, arithmetic: fast ? 'fast' : 'exact', where: 'training.arithmetic' })
  if (E.isLeft(engine)) return stopped(fail([engine.left], terminal))
  sayRefused(engine.right, terminal)
  const threads = Math.min(workers ?? cores(), tasks.length)
  const { out, paint, screen, cwd } = terminal
  out(
    `${counted(tasks.length, 'run')} to do in ${counted(groups.length, 'benchmark')}, ${counted(threads, 'worker')}, results in ${placeFrom(cwd, root)}\n`,
  )
  const nameWidth = Math.max(...tasks.map(({ shown }) => nameOf(shown).length))
  const display =
    screen === null
      ? lineDisplay(out, paint, nameWidth)
      : liveDisplay(screen, paint, { runs: tasks.length, workers: threads, nameWidth })
  const ending = await work(tasks, { workers: threads, engine: engine.right.name, more }, display, terminal)
  display.stop()
  return stopped(sayEnding(ending, placeFrom(cwd, root), terminal))
}

/** Runs by place of their seed in the file, then by benchmark, then by method; pixels of a data set are shared by all. */
const roundRobin = (
  groups: readonly { readonly prepared: Prepared; readonly runs: readonly PlannedRun[] }[],
): readonly Task[] => {
  const datasets = new Map<string, Dataset>()
  const placed = groups.flatMap(({ prepared, runs }) => {
    const { benchmark, dataset, pluginPaths } = prepared
    const pixels = datasets.get(dataset.name) ?? shared(dataset)
    datasets.set(dataset.name, pixels)
    return runs.map((planned) => {
      const { label, seed } = planned.run
      const shown = { label: `${benchmark.name}/${label}`, seed }
      const job = { benchmark: benchmark.name, plugins: pluginPaths, dataset: pixels, debugNan: false }
      return { round: benchmark.seeds.indexOf(seed), task: { ...planned, ...job, shown } }
    })
  })
  return placed.toSorted((a, b) => a.round - b.round).map(({ task }) => task)
}
