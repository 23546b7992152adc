/** Runs grouped by method, every metric over seeds: all that tables and charts show. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { completeMatrix } from '../metrics/matrix.js'
import type { Metric } from '../metrics/metric.js'
import type { Result } from '../record/result.js'
import { type Estimate, estimate } from '../stats/estimate.js'
import type { BySeed } from '../stats/paired.js'

/** A metric over the seeds of one method, or why it has no value. */
export type Cell =
  | { readonly kind: 'estimate'; readonly estimate: Estimate; readonly bySeed: BySeed }
  | { readonly kind: 'undefined'; readonly reason: string }

/** One method: its runs by rising seed. */
export interface MethodRuns {
  readonly label: string
  /** Names of its strategies, in order; empty for plain training. */
  readonly strategies: readonly string[]
  readonly runs: readonly Result[]
  readonly complete: readonly Result[]
  readonly diverged: readonly Result[]
}

const part = t.type({ method: t.type({ strategies: t.array(t.type({ name: t.string })) }) })

const strategiesOf = ({ configuration }: Result): readonly string[] => {
  const decoded = part.decode(configuration)
  return E.isRight(decoded) ? decoded.right.method.strategies.map(({ name }) => name) : []
}

/** Runs grouped by label: first the labels of `order`, then any others in the order met. Labels without a run are left out. */
export const byMethod = (results: readonly Result[], order: readonly string[]): readonly MethodRuns[] =>
  [...new Set([...order, ...results.map(({ label }) => label)])].flatMap((label) => {
    const runs = results.filter((r) => r.label === label).toSorted((a, b) => a.seed - b.seed)
    const [first] = runs
    if (first === undefined) return []
    const complete = runs.filter(({ status }) => status.kind === 'complete')
    const diverged = runs.filter(({ status }) => status.kind === 'diverged')
    return [{ label, strategies: strategiesOf(first), runs, complete, diverged }]
  })

/**
 * A metric over the complete runs of a method. One complete run outside the metric's domain makes it undefined for the
 * method: a mean over the seeds that happen to have a value would be a mean over the easy ones.
 */
export const cell = (metric: Metric, { complete, diverged }: MethodRuns): Cell => {
  const bySeed = new Map<number, number>()
  for (const run of complete) {
    const found = metric.measure(run)
    if (found.kind === 'undefined') return found
    bySeed.set(run.seed, found.value)
  }
  const over = estimate([...bySeed.values()])
  if (over !== null) return { kind: 'estimate', estimate: over, bySeed }
  return { kind: 'undefined', reason: diverged.length === 1 ? 'the run diverged' : 'every run diverged' }
}

/** The accuracy matrix of a method, each entry an estimate over its complete runs; null without one, or when their shapes differ. */
export const meanMatrix = ({ complete }: MethodRuns): readonly (readonly Estimate[])[] | null => {
  const matrices = complete.flatMap((run) => {
    const matrix = completeMatrix(run)
    return E.isRight(matrix) ? [matrix.right] : []
  })
  const [first] = matrices
  if (first === undefined || matrices.some((m) => m.length !== first.length)) return null
  const entries = first.map((row, i) => row.map((_, j) => estimate(matrices.flatMap((m) => m[i]?.[j] ?? []))))
  return entries.map((row) => row.flatMap((e) => e ?? []))
}
