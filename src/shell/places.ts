import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { AppError } from './error.js'

/** The folder of the installed package (two levels above this file, in src as in dist). */
export const packageFolder: string = fileURLToPath(new URL('../..', import.meta.url))

/** Where benchmarks called by a bare name are looked for, best first. */
export const benchmarkFolders = (cwd: string): readonly string[] =>
  distinct([join(cwd, 'benchmarks'), join(packageFolder, 'benchmarks')])

/** Where the scenarios that a benchmark file names are looked for, best first. Without a benchmark, what `list` shows. */
export const scenarioFolders = (cwd: string, benchmarkFile?: string): readonly string[] =>
  distinct([
    ...(benchmarkFile === undefined ? [] : [join(dirname(benchmarkFile), '..', 'scenarios')]),
    join(cwd, 'scenarios'),
    join(packageFolder, 'scenarios'),
  ])

/** The file of a benchmark given as a path or as a bare name. Left names the places that were searched. */
export const findBenchmark = (name: string, cwd: string): E.Either<AppError, string> =>
  found('benchmark', name, cwd, benchmarkFolders(cwd))

/** The file of a scenario named in a benchmark file, as a bare name or as a path relative to that file. */
export const findScenario = (name: string, benchmarkFile: string, cwd: string): E.Either<AppError, string> =>
  found('scenario', name, dirname(benchmarkFile), scenarioFolders(cwd, benchmarkFile))

/** Names (without `.json`) of the files in some folders, first folder first, each name once. */
export const namesIn = (folders: readonly string[]): readonly string[] =>
  distinct(
    folders.flatMap((folder) =>
      (isFolder(folder) ? readdirSync(folder).toSorted() : []).flatMap((file) => bareName(file)),
    ),
  )

const bareName = (file: string): readonly string[] => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : [])

const found = (
  what: 'benchmark' | 'scenario',
  name: string,
  base: string,
  folders: readonly string[],
): E.Either<AppError, string> => {
  const isPath = name.includes('/') || name.includes('\\') || name.endsWith('.json')
  const candidates = isPath ? [resolve(base, name)] : folders.map((folder) => join(folder, `${name}.json`))
  const file = candidates.find((candidate) => existsSync(candidate) && statSync(candidate).isFile())
  return file === undefined
    ? E.left({ _tag: 'NameUnknown', what, name, looked: candidates, known: namesIn(folders) })
    : E.right(file)
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory()

const distinct = (items: readonly string[]): readonly string[] => [...new Set(items)]
