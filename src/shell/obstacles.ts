/** What stands in the way of results in a folder. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { uncommon } from '../record/mixture.js'
import { writable } from './atomic.js'
import type { AppError } from './error.js'
import { damaged } from './existing.js'
import type { PlannedRun } from './plan.js'
import { resultFiles } from './resultFiles.js'

/** Where results cannot be written: the folder, a folder of a label, or the place of the page. */
export const placeErrors = (folder: string, runs: readonly PlannedRun[]): readonly AppError[] => {
  const refused = writable(folder)
  if (E.isLeft(refused)) return [refused.left]
  const labels = [...new Set(runs.map(({ path }) => dirname(path)))].map((label) => writable(label))
  const page = join(folder, 'report.html')
  const taken = statSync(page, { throwIfNoEntry: false })?.isDirectory() === true
  return [
    ...labels.flatMap((asked) => (E.isLeft(asked) ? [asked.left] : [])),
    ...(taken ? [{ _tag: 'FileUnwritable', path: page, reason: 'a folder stands in its place' } as const] : []),
  ]
}

/** Results of other runs in the same folder that could not be shown beside those of this benchmark. */
export const neighbourErrors = (
  benchmark: string,
  runs: readonly PlannedRun[],
  folder: string,
): readonly AppError[] => {
  const [first] = runs
  if (first === undefined || !existsSync(folder)) return []
  const files = resultFiles(folder)
  if (E.isLeft(files)) return [files.left]
  const own = new Set(runs.map(({ path }) => path))
  const others = files.right.filter(({ path }) => !own.has(path))
  const broken = others.flatMap(({ path, read }) => (E.isLeft(read) ? [damaged(path, read.left)] : []))
  const here = { benchmark, configuration: { ...first.configuration } }
  const unlike = others.flatMap(({ read }) => {
    if (E.isLeft(read)) return []
    const keys = uncommon(read.right, here)
    return keys.length === 0 ? [] : [{ keys, label: read.right.label }]
  })
  const mixed: AppError = {
    _tag: 'ResultsMixed',
    folder,
    keys: [...new Set(unlike.flatMap(({ keys }) => keys))],
    labels: [...new Set(unlike.map(({ label }) => label))],
  }
  return unlike.length === 0 ? broken : [...broken, mixed]
}
