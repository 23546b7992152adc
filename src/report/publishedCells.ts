/** The cells of a row of published figures, as text; percentages have two decimals, as they were published. */
import type { Expectation } from '../train/expected.js'
import { fixed, NONE } from './format.js'
import type { Judged } from './published.js'

const points = (fraction: number): string => fixed(100 * fraction, 2)

/** `replay`, or `replay, within` where only the outputs of the row's own context compete. */
export const nameCell = ({ label, measure }: Expectation): string =>
  measure === 'accuracy' ? label : `${label}, within`

/** `80.43 V`, `20.64 ± 0.52 sem NV`: the mean, its interval and of which kind, and how well it is known. */
export const publishedCell = ({ mean, interval, tag }: Expectation): string => {
  const spread = interval.kind === 'none' ? '' : ` ± ${points(interval.value)} ${interval.kind}`
  return `${points(mean)}${spread} ${tag}`
}

/** `±2.0`: how far counts as the same. */
export const marginCell = ({ margin }: Expectation): string => `±${fixed(100 * margin, 1)}`

/** `80.31 ± 0.84`, with half of the 95 % interval; `diverged`; or `not run`. */
export const oursCell = ({ ours, diverged }: Judged): string => {
  if (diverged > 0) return 'diverged'
  if (ours === null) return 'not run'
  return ours.half === null ? points(ours.mean) : `${points(ours.mean)} ± ${points(ours.half)}`
}

/** `equivalent`, `different`, `undecided`, or the sign for none. */
export const verdictCell = ({ verdict }: Judged): string =>
  verdict === null || verdict.kind === 'not run' ? NONE : verdict.kind

/** What an undecided row needs, and how many runs diverged; empty for the others. */
export const remarkOf = ({ verdict, runs, diverged }: Judged): string => {
  if (diverged > 0) return `${diverged} of ${runs} runs diverged`
  if (verdict?.kind !== 'undecided') return ''
  const { needed } = verdict
  if (needed === null) return runs < 2 ? 'one seed has no interval' : 'the mean is right on the edge of the margin'
  const many = needed.seeds === null ? 'more than 10,000 seeds' : `${needed.seeds} seeds`
  return needed.verdict === 'equivalent' ? `equivalent at ${many}` : `beyond the margin: different at ${many}`
}
