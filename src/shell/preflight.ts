/** The last look before anything runs: what is planned, what is done already, and everything that is in the way. */
import * as E from 'fp-ts/lib/Either.js'
import type { Result } from '../record/result.js'
import { key } from '../random/key.js'
import { arranged } from '../stream/arranged.js'
import { buildStream } from '../stream/build.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark, MethodEntry } from '../train/benchmark.js'
import { footprint, mostBytes } from '../train/footprint.js'
import { methodOf, unfit } from '../train/methodOf.js'
import { networkOf } from '../train/networkOf.js'
import { rehearse } from './rehearse.js'
import { type AppError, reasonOf } from './error.js'
import { existingResult } from './existing.js'
import { type PlannedRun, plan } from './plan.js'
import type { Prepared } from './prepare.js'
import { neighbourErrors, placeErrors } from './obstacles.js'

/** Runs that are finished already, with their results, and runs to do. */
export interface Preflight {
  readonly done: readonly Result[]
  readonly pending: readonly PlannedRun[]
}

/**
 * Checks the selected part of a benchmark against its scenario and the folder; Left has every error. Writes nothing. `repeat`: runs
 * that diverged are to be done again.
 */
export const preflight = (
  prepared: Prepared,
  selected: Benchmark,
  { folder, force, repeat }: { readonly folder: string; readonly force: boolean; readonly repeat: boolean },
): E.Either<readonly AppError[], Preflight> => {
  const runs = plan(selected, prepared.scenario, prepared.dataset, folder, prepared.digests)
  const errors = [...streamErrors(prepared, selected), ...placeErrors(folder, runs)]
  if (errors.length > 0) return E.left(errors)
  const found = runs.map((planned) => ({ planned, existing: existingResult(planned) }))
  const differ = found.flatMap(({ existing }) => (E.isLeft(existing) ? [existing.left] : []))
  const inTheWay = force ? [] : [...differ, ...neighbourErrors(selected.name, runs, folder)]
  if (inTheWay.length > 0) return E.left(inTheWay)
  const resultOf = (existing: E.Either<AppError, Result | null>): Result | null =>
    E.isLeft(existing) || (repeat && existing.right?.status.kind === 'diverged') ? null : existing.right
  return E.right({
    done: found.flatMap(({ existing }) => resultOf(existing) ?? []),
    pending: found.flatMap(({ planned, existing }) => (resultOf(existing) === null ? [planned] : [])),
  })
}

/** What the scenario refuses: seeds without a class order, and methods that need what it hides. */
export const streamErrors = (prepared: Prepared, benchmark: Benchmark): readonly AppError[] => {
  const { scenario, dataset } = prepared
  const { seeds, methods } = benchmark
  const streams = seeds.map((seed) => buildStream(scenario, dataset, seed))
  const badSeeds = streams.flatMap((stream): readonly AppError[] =>
    E.isLeft(stream) ? [{ _tag: 'Invalid', where: `scenario ${scenario.name}`, problems: stream.left }] : [],
  )
  const [first] = streams
  if (first === undefined || E.isLeft(first)) return badSeeds
  const badModel = modelErrors(prepared.file, benchmark, first.right)
  if (badModel.length > 0) return [...badSeeds, ...badModel]
  const badMethods = methods.flatMap((entry) => methodErrors(prepared, benchmark, entry, first.right))
  return [...badSeeds, ...badMethods]
}

/** What keeps the network from being made for these images. */
const modelErrors = (file: string, { model }: Benchmark, stream: Stream): readonly AppError[] => {
  try {
    networkOf(model, stream)
    return []
  } catch (cause) {
    return [{ _tag: 'Refused', where: `${file}, model`, reason: reasonOf(cause) }]
  }
}

/** What keeps a method from running on a stream; a plugin that throws while it makes its strategies is one reason. */
const methodErrors = (
  { file, plugins, digests }: Prepared,
  shared: Benchmark,
  { label, strategies, ...own }: MethodEntry,
  stream: Stream,
): readonly AppError[] => {
  const benchmark = { ...shared, ...own }
  const refused = (reason: string): AppError => ({ _tag: 'Refused', where: `${file}, method '${label}'`, reason })
  try {
    const { method, arrangement } = methodOf(strategies, plugins)
    const met = arranged(stream, arrangement)
    const needed = footprint(benchmark, method, met)
    const errors = [
      ...unfit(method, met).map(refused),
      ...(needed > mostBytes ? [{ _tag: 'TooLarge', label, needed, limit: mostBytes } as const] : []),
    ]
    // what is wrong with a built-in method is a bug
    if (errors.length > 0 || !strategies.some(({ name }) => digests.has(name))) return errors
    const { model, optimiser, training } = benchmark
    return rehearse({ model, optimiser, batch: training.batch, stream, method, key: key(0) }).map(refused)
  } catch (cause) {
    return [refused(`its strategies cannot be made: ${reasonOf(cause)}`)]
  }
}

/**
 * Results of the whole benchmark that are in its folder with the configuration of the file: also those of labels and seeds
 * that were not asked for this time.
 */
export const finishedResults = (prepared: Prepared, folder: string): readonly Result[] =>
  plan(prepared.benchmark, prepared.scenario, prepared.dataset, folder, prepared.digests).flatMap((planned) => {
    const existing = existingResult(planned)
    return E.isRight(existing) && existing.right !== null ? [existing.right] : []
  })
