/** Published figures beside our own: what each row comes to. */
import { averageAccuracy } from '../metrics/averageAccuracy.js'
import type { Metric } from '../metrics/metric.js'
import { withinContextAccuracy } from '../metrics/withinContextAccuracy.js'
import type { Result } from '../record/result.js'
import { verdictOn, type Verdict } from '../stats/equivalence.js'
import { type Estimate, estimate } from '../stats/estimate.js'
import type { Expectation } from '../train/expected.js'

/**
 * A published figure and what our runs say about it. `verdict` is null where none is given: the figure is not verified. A run that
 * diverged has no accuracy; leaving it out would judge the seeds that went well, so any makes its row different.
 */
export interface Judged {
  readonly row: Expectation
  /** Null: no run, or a run that diverged. */
  readonly ours: Estimate | null
  readonly runs: number
  readonly diverged: number
  /** Why nothing was measured; null where something was. */
  readonly missing: string | null
  readonly verdict: Verdict | { readonly kind: 'not run' } | null
}

/** What each measure of a figure is among the metrics. */
const metrics: Readonly<Record<Expectation['measure'], Metric>> = {
  accuracy: averageAccuracy,
  'within-context': withinContextAccuracy,
}

const judgedRow = (row: Expectation, results: readonly Result[], missing: string): Judged => {
  const own = results.filter(({ label }) => label === row.label)
  const counts = { row, runs: own.length, diverged: own.filter(({ status }) => status.kind === 'diverged').length }
  const judged = (verdict: Judged['verdict']) => (row.tag === 'V' ? verdict : null)
  const notRun = (reason: string): Judged => ({
    ...counts,
    ours: null,
    missing: reason,
    verdict: judged({ kind: 'not run' }),
  })
  if (own.length === 0) return notRun(missing)
  if (counts.diverged > 0) return { ...counts, ours: null, missing: null, verdict: judged({ kind: 'different' }) }
  const measured = own.map(metrics[row.measure].measure)
  const [lacking] = measured.flatMap((found) => (found.kind === 'value' ? [] : [found.reason]))
  if (lacking !== undefined) return notRun(lacking)
  const values = measured.flatMap((found) => (found.kind === 'value' ? [found.value] : []))
  return { ...counts, ours: estimate(values), missing: null, verdict: judged(verdictOn(values, row)) }
}

/** Every row judged on the results of one benchmark; `missing`: why a row without a run has none. */
export const judge = (
  expected: readonly Expectation[],
  results: readonly Result[],
  missing = 'no run is finished',
): readonly Judged[] => expected.map((row) => judgedRow(row, results, missing))

/** How many rows came to what; `unjudged`: figures that get no verdict. */
export const tally = (rows: readonly Judged[]): Readonly<Record<Verdict['kind'] | 'not run' | 'unjudged', number>> => {
  const counts = { equivalent: 0, different: 0, undecided: 0, 'not run': 0, unjudged: 0 }
  for (const { verdict } of rows) counts[verdict?.kind ?? 'unjudged'] += 1
  return counts
}
