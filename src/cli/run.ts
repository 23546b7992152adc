import { join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { chooseEngine } from '../shell/engine.js'
import { settingsOf } from '../shell/plan.js'
import { finishedResults, preflight } from '../shell/preflight.js'
import { type Prepared, prepare, readBenchmark } from '../shell/prepare.js'
import { badInput, fail } from './failure.js'
import { perform } from './perform.js'
import { sayRefused } from './sayRefused.js'
import { select, type Selection } from './selection.js'
import { changeBy } from './settings.js'
import { show } from './show.js'
import type { Terminal } from './terminal.js'

/** The options of `engram run`. */
export interface RunOptions extends Selection {
  readonly workers?: number
  readonly out?: string
  readonly set?: readonly string[]
  readonly force?: true
  readonly debugNan?: true
  /** 256-bit kernels where V8 can make them; the same bits. */
  readonly wide: boolean
}

/** Runs a benchmark and shows its results; returns the exit code. Every bad input is reported before anything runs. */
export const run = async (name: string, options: RunOptions, terminal: Terminal): Promise<number> => {
  if (options.out?.trim() === '') {
    return fail([{ _tag: 'Refused', where: '--out', reason: 'expected a folder, got an empty text' }], terminal)
  }
  const change = changeBy(options.set ?? [])
  if (E.isLeft(change)) return fail(change.left, terminal)
  const prepared = await pipe(
    readBenchmark(name, terminal.cwd, change.right),
    TE.chain((read) => prepare(read, terminal.cwd)),
  )()
  if (E.isLeft(prepared)) return fail([prepared.left], terminal)
  const selected = select(prepared.right.benchmark, options)
  if (E.isLeft(selected)) return fail(selected.left, terminal)
  const { benchmark } = prepared.right
  const folder = resolve(terminal.cwd, options.out ?? join('results', benchmark.name))
  const checked = preflight(prepared.right, selected.right, {
    folder,
    force: options.force ?? false,
    repeat: options.debugNan ?? false,
  })
  if (E.isLeft(checked)) return fail(checked.left, terminal, 'choose a folder that can be written with --out')
  sayFallback(prepared.right, terminal)
  // where nothing is left to run, nothing is asked of the engine
  const { pending } = checked.right
  const some = pending.length > 0
  const fast = pending.some(({ configuration }) => settingsOf(configuration).training.arithmetic === 'fast')
  const arithmetic = fast ? 'fast' : 'exact'
  const engine = await chooseEngine({ wide: some && options.wide, arithmetic, where: 'training.arithmetic' })
  if (E.isLeft(engine)) return fail([engine.left], terminal)
  sayRefused(engine.right, terminal)
  const using = { folder, workers: options.workers, engine: engine.right.name, debugNan: options.debugNan ?? false }
  const code = await perform(prepared.right, checked.right, using, terminal)
  if (code !== 0 && code !== badInput) return code
  const results = finishedResults(prepared.right, folder)
  if (code !== 0 && results.length === 0) return code
  const shown = await show(prepared.right, results, folder, terminal, false)
  if (options.debugNan === undefined && results.some(({ status }) => status.kind === 'diverged'))
    terminal.out('for where a run diverged: the same command with --debug-nan\n')
  return code === 0 ? shown : code
}

const sayFallback = ({ insteadOf, benchmark, dataset }: Prepared, { out, paint }: Terminal): void => {
  if (insteadOf === null) return
  out(
    [
      paint.strong(
        `The data set '${insteadOf.dataset}' is not on this machine, so this runs on '${dataset.name}' instead.`,
      ),
      `The results are about '${dataset.name}' and are named ${benchmark.name}. For the real data: ${insteadOf.get}`,
      '',
    ].join('\n'),
  )
}
