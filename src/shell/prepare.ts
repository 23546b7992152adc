/** From the name of a benchmark to everything that its runs need; every bad input is found here, before anything runs. */
import { dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { decodeWith } from '../codec/decode.js'
import type { Dataset } from '../data/dataset.js'
import { type Scenario, scenario } from '../stream/scenario.js'
import { strategies } from '../strategy/registry.js'
import { type Benchmark, benchmark, pluginFiles } from '../train/benchmark.js'
import { loadDataset } from './datasets.js'
import type { AppError } from './error.js'
import { readJson } from './json.js'
import { findBenchmark, findScenario } from './places.js'
import { type LoadedPlugins, loadPlugins } from './plugins.js'

/** A benchmark file, decoded, with the plugins that it names. */
export interface ReadBenchmark extends LoadedPlugins {
  /** Path of the benchmark file. */
  readonly file: string
  readonly benchmark: Benchmark
  /** Absolute paths of the plugin files that the benchmark names. */
  readonly pluginPaths: readonly string[]
}

/** A benchmark with all that it refers to, decoded and loaded. */
export interface Prepared extends ReadBenchmark {
  readonly scenario: Scenario
  readonly dataset: Dataset
  /** The data set that is missing, where the benchmark's own fallback took its place; null otherwise. */
  readonly insteadOf: { readonly dataset: string; readonly get: string } | null
}

/** Reads a benchmark; `change` is applied to the raw file before it is decoded. */
export const readBenchmark = (
  name: string,
  cwd: string,
  change: (raw: unknown) => E.Either<AppError, unknown>,
): TE.TaskEither<AppError, ReadBenchmark> =>
  pipe(
    TE.fromEither(findBenchmark(name, cwd)),
    TE.bindTo('file'),
    TE.bind('raw', ({ file }) => TE.fromEither(pipe(readJson(file), E.chain(change)))),
    TE.let('pluginPaths', ({ file, raw }) => pluginFiles(raw).map((path) => resolve(dirname(file), path))),
    TE.bind('loaded', ({ pluginPaths }) => loadPlugins(pluginPaths, strategies)),
    TE.bind('benchmark', ({ file, raw, loaded }) =>
      TE.fromEither(decoded(file, decodeWith(benchmark(loaded.plugins), raw))),
    ),
    TE.map(({ file, pluginPaths, loaded, benchmark: read }) => ({ file, pluginPaths, ...loaded, benchmark: read })),
  )

/** Loads the scenario and the data of a benchmark. */
export const prepare = (read: ReadBenchmark, cwd: string): TE.TaskEither<AppError, Prepared> =>
  pipe(
    withData(read.benchmark, read.file, cwd),
    TE.map((data) => ({ ...read, ...data })),
  )

type WithData = Pick<Prepared, 'benchmark' | 'scenario' | 'dataset' | 'insteadOf'>

/** The scenario and the data of a benchmark, or those of its fallback where it has one and its data are not there. */
const withData = (read: Benchmark, file: string, cwd: string): TE.TaskEither<AppError, WithData> =>
  pipe(
    scenarioAndData(read.scenario, file, cwd),
    TE.map((found): WithData => ({ benchmark: read, insteadOf: null, ...found })),
    TE.orElse((error) => {
      const { fallback } = read
      if (error._tag !== 'DatasetMissing' || fallback === undefined) return TE.left(error)
      const { dataset, get } = error
      return pipe(
        scenarioAndData(fallback.scenario, file, cwd),
        TE.map((found) => ({ benchmark: { ...read, ...fallback }, insteadOf: { dataset, get }, ...found })),
      )
    }),
  )

const scenarioAndData = (
  name: string,
  file: string,
  cwd: string,
): TE.TaskEither<AppError, Pick<Prepared, 'scenario' | 'dataset'>> =>
  pipe(
    TE.fromEither(readScenario(name, file, cwd)),
    TE.bindTo('scenario'),
    TE.bind('dataset', ({ scenario: { dataset } }) => loadDataset(dataset)),
  )

/** The scenario that a benchmark file names. */
export const readScenario = (name: string, file: string, cwd: string): E.Either<AppError, Scenario> =>
  pipe(
    findScenario(name, file, cwd),
    E.chain((path) =>
      pipe(
        readJson(path),
        E.chain((raw) => decoded(path, decodeWith(scenario, raw))),
      ),
    ),
  )

type Problems = Extract<AppError, { readonly _tag: 'Invalid' }>['problems']

const decoded = <A>(where: string, result: E.Either<Problems, A>): E.Either<AppError, A> =>
  E.mapLeft((problems: Problems): AppError => ({ _tag: 'Invalid', where, problems }))(result)
