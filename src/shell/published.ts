/** Benchmarks with published figures, and the finished runs that there are of them. */
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Result } from '../record/result.js'
import type { Scenario } from '../stream/scenario.js'
import type { Benchmark } from '../train/benchmark.js'
import type { Expectation } from '../train/expected.js'
import { datasetNamed } from './datasets.js'
import type { AppError } from './error.js'
import { existingResult } from './existing.js'
import { readJson } from './json.js'
import { benchmarkFolders, findBenchmark, namesIn } from './places.js'
import { plan } from './plan.js'
import { type ReadBenchmark, readBenchmark, readScenario } from './prepare.js'

/** A benchmark with the figures that are asked for. Its data need not be on this machine. */
export interface Published {
  /** Without its fallback: figures are about the data that the file names. */
  readonly read: ReadBenchmark
  readonly scenario: Scenario
  readonly expected: readonly Expectation[]
  /** The methods that the figures are about. */
  readonly selected: Benchmark
}

/** Names of the benchmarks in ./benchmarks and in the package whose files have published figures, valid or not. */
export const namesWithFigures = (cwd: string): readonly string[] =>
  namesIn(benchmarkFolders(cwd)).filter((name) => {
    const raw = pipe(findBenchmark(name, cwd), E.chain(readJson))
    // a file that cannot be read is told by who reads it next
    return E.isLeft(raw) || (typeof raw.right === 'object' && raw.right !== null && 'expected' in raw.right)
  })

/** Reads a benchmark with those of its figures whose labels are in `only` (absent: all; there may be none). */
export const readPublished = (
  name: string,
  cwd: string,
  only?: readonly string[],
): TE.TaskEither<AppError, Published> =>
  pipe(
    readBenchmark(name, cwd, E.right),
    TE.bindTo('whole'),
    TE.bind('scenario', ({ whole }) => TE.fromEither(readScenario(whole.benchmark.scenario, whole.file, cwd))),
    TE.map(({ whole, scenario }) => {
      const { fallback: _, ...benchmark } = whole.benchmark
      const expected = (benchmark.expected ?? []).filter(({ label }) => only?.includes(label) ?? true)
      const methods = benchmark.methods.filter((method) => expected.some(({ label }) => label === method.label))
      return { read: { ...whole, benchmark }, scenario, expected, selected: { ...benchmark, methods } }
    }),
  )

/** The folder of a benchmark's results below that of all results. */
export const resultsFolder = ({ selected }: Pick<Published, 'selected'>, root: string): string =>
  resolve(root, selected.name)

/**
 * The finished runs of the methods of the figures, with the configuration that the file has today. Left: files that are damaged or hold
 * another configuration.
 */
export const publishedRuns = (
  published: Published,
  root: string,
): E.Either<readonly AppError[], { readonly done: readonly Result[]; readonly missing: number }> => {
  const { selected, scenario, read } = published
  const folder = resultsFolder(published, root)
  const found = plan(selected, scenario, datasetNamed(scenario.dataset), folder, read.digests).map(existingResult)
  const errors = found.flatMap((existing) => (E.isLeft(existing) ? [existing.left] : []))
  const done = found.flatMap((existing) => (E.isRight(existing) && existing.right !== null ? [existing.right] : []))
  return errors.length > 0 ? E.left(errors) : E.right({ done, missing: found.length - done.length })
}
