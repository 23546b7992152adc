import { performance } from 'node:perf_hooks'
import { resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { nearest } from '../codec/nearest.js'
import { type Judged, judge, tally } from '../report/published.js'
import type { AppError } from '../shell/error.js'
import { namesWithFigures, type Published, publishedRuns, readPublished } from '../shell/published.js'
import { fail } from './failure.js'
import { publishedLegend, publishedLines, publishedSummary, reasonLines } from './publishedText.js'
import type { Terminal } from './terminal.js'
import { performPublished } from './verifyPublishedRuns.js'

/** The options of `engram verify-published`. */
export interface VerifyOptions {
  readonly only?: readonly string[]
  /** Minutes after which no run is started; absent: all are. */
  readonly budget?: number
  readonly workers?: number
  readonly out?: string
  /** 256-bit kernels where V8 can make them; the same bits. */
  readonly wide: boolean
}

/** Exit code where a figure is undecided or not run, and none is different. */
const unfinished = 3

/**
 * Runs what is missing of the methods with published figures, then judges every figure. Returns the exit code: 0 all equivalent, 1 a
 * figure is different, 3 one is undecided or not run, 2 bad input, 128 + n after a signal.
 */
export const verifyPublished = async (
  names: readonly string[],
  options: VerifyOptions,
  terminal: Terminal,
): Promise<number> => {
  const started = performance.now()
  const { cwd, out } = terminal
  if (options.out?.trim() === '')
    return fail([{ _tag: 'Refused', where: '--out', reason: 'expected a folder, got an empty text' }], terminal)
  const root = resolve(cwd, options.out ?? 'results')
  const asked = await published(names, options.only, cwd)
  if (E.isLeft(asked)) return fail(asked.left, terminal)
  const before = allRuns(asked.right, root)
  if (E.isLeft(before)) return refuse(before.left, terminal)
  const pending = asked.right.filter((_, i) => (before.right[i]?.missing ?? 0) > 0)
  const budget = options.budget ?? Number.POSITIVE_INFINITY
  const more = (): boolean => performance.now() - started < 60_000 * budget
  const performed =
    budget === 0 || pending.length === 0
      ? { code: 0, without: new Map<Published, string>() }
      : await performPublished(pending, { root, more, ...options }, terminal)
  if (performed.code !== 0) return performed.code
  const after = allRuns(asked.right, root)
  if (E.isLeft(after)) return refuse(after.left, terminal)
  const groups = asked.right.map((one, i) => {
    const missing = performed.without.get(one) ?? (budget === 0 ? 'the budget is 0' : 'the budget was used up')
    return { one, rows: judge(one.expected, after.right[i]?.done ?? [], missing) }
  })
  out(`${textOf(groups, terminal).join('\n')}\n`)
  return codeOf(groups.flatMap(({ rows }) => rows))
}

const codeOf = (rows: readonly Judged[]): number => {
  const counts = tally(rows)
  if (counts.different > 0) return 1
  return counts.undecided + counts['not run'] > 0 ? unfinished : 0
}

interface Group {
  readonly one: Published
  readonly rows: readonly Judged[]
}

const textOf = (groups: readonly Group[], { screen, paint }: Terminal): readonly string[] => {
  const width = screen?.columns() ?? Number.POSITIVE_INFINITY
  return [
    ...groups.flatMap(({ one: { selected }, rows }) => [
      '',
      paint.strong(selected.name),
      ...publishedLines(rows, { seeds: selected.seeds.length, width, paint }),
      ...reasonLines(rows),
    ]),
    '',
    ...publishedLegend(width).map(paint.faint),
    '',
    publishedSummary(groups.flatMap(({ rows }) => rows)),
  ]
}

const refuse = (errors: readonly AppError[], terminal: Terminal): number => {
  const code = fail(errors, terminal)
  terminal.err('  (--force is an option of engram run)\n')
  return code
}

/** The benchmarks that were named, or all that have figures. */
const published = async (
  names: readonly string[],
  only: readonly string[] | undefined,
  cwd: string,
): Promise<E.Either<readonly AppError[], readonly Published[]>> => {
  const all = names.length > 0 ? [...new Set(names)] : namesWithFigures(cwd)
  const read = await Promise.all(all.map((name) => readPublished(name, cwd, only)()))
  const errors = read.flatMap((one) => (E.isLeft(one) ? [one.left] : []))
  const found = read.flatMap((one) => (E.isRight(one) ? [one.right] : []))
  const bare = found.filter(({ read: { benchmark } }) => (benchmark.expected ?? []).length === 0)
  const without = names.length === 0 ? [] : bare.map(({ read: { file } }) => noFigures(file))
  const wrong = [...errors, ...without, ...(errors.length > 0 ? [] : unknownLabels(only ?? [], found))]
  return wrong.length > 0 ? E.left(wrong) : E.right(found.filter(({ expected }) => expected.length > 0))
}

const noFigures = (file: string): AppError => ({
  _tag: 'Refused',
  where: file,
  reason: "it has no published figures: expected a list 'expected'",
})

const unknownLabels = (only: readonly string[], found: readonly Published[]): readonly AppError[] => {
  const labels = [...new Set(found.flatMap(({ read }) => (read.benchmark.expected ?? []).map(({ label }) => label)))]
  return only
    .filter((label) => !labels.includes(label))
    .map((label): AppError => {
      const near = nearest(label, labels)
      const hint = near === undefined ? '' : `; did you mean '${near}'?`
      return {
        _tag: 'Refused',
        where: '--only',
        reason: `no published figure has the label '${label}'${hint} (${labels.join(', ')})`,
      }
    })
}

const allRuns = (
  asked: readonly Published[],
  root: string,
): E.Either<readonly AppError[], readonly Extract<ReturnType<typeof publishedRuns>, { _tag: 'Right' }>['right'][]> => {
  const runs = asked.map((one) => publishedRuns(one, root))
  const errors = runs.flatMap((one) => (E.isLeft(one) ? one.left : []))
  return errors.length > 0 ? E.left(errors) : E.right(runs.flatMap((one) => (E.isRight(one) ? [one.right] : [])))
}
