/**
 * Whether a mean over seeds is that of somebody else's report, within a margin fixed beforehand.
 *
 * A test of "no difference" cannot show that a number came out: with few seeds nothing differs. So equivalence is what must be shown, by
 * two one-sided tests (TOST; Schuirmann 1987): the hypotheses that our mean is below, and that it is above, `published ± margin` are
 * both rejected at 5 % exactly where our 90 % interval lies inside. "Different" is the mirror: our 95 % interval lies wholly outside, so
 * the hypothesis that the mean is inside is rejected at 2.5 %. Everything between is undecided, and more seeds are the only remedy.
 *
 * What this does not cover. The published mean is taken as a constant: its own error (often not reported at all) is what the margin has
 * to hold. Intervals are Student's, so seeds are taken as independent and their accuracies as near normal. Each row is judged alone: of
 * many rows that sit right at an edge, one in twenty is called equivalent wrongly. Adding seeds until a verdict appears makes both
 * errors more frequent; a file lists its seeds before any is run, and a verdict on fewer is provisional.
 */
import { type Estimate, LEVEL, estimate } from './estimate.js'
import { tQuantile } from './studentT.js'

/** What was published, and how near counts as equal: fractions. */
export interface Target {
  readonly mean: number
  readonly margin: number
}

/** How many seeds would do, were mean and spread to stay what they are now: then a verdict is about as likely as not. */
export interface Needed {
  /** The only verdict that the observed distance allows. */
  readonly verdict: 'equivalent' | 'different'
  /** Null: more than `mostSeeds`. */
  readonly seeds: number | null
}

/** The verdict on one published figure. `needed` is null with one seed, where no spread is known, and with the mean right on an edge. */
export type Verdict =
  | { readonly kind: 'equivalent' }
  | { readonly kind: 'different' }
  | { readonly kind: 'undecided'; readonly needed: Needed | null }

/** Two one-sided tests at 5 % each. */
const INSIDE = 0.9

/** Beyond this many seeds the number needed is not told: nobody would run them. */
export const mostSeeds = 10_000

const halfWidth = (n: number, sd: number, level: number): number => (tQuantile(n - 1, level) * sd) / Math.sqrt(n)

/** The smallest n ≥ 2 for which `holds`, which once true stays true; null above `mostSeeds`. */
const smallest = (holds: (n: number) => boolean): number | null => {
  let high = 2
  while (!holds(high)) {
    if (high >= mostSeeds) return null
    high = Math.min(2 * high, mostSeeds)
  }
  let low = 2
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}

/** Seeds at which the half-width of the interval fits between the mean and the edge of the margin, on whichever side the mean is. */
const neededFor = (sd: number, distance: number, margin: number): Needed | null => {
  const room = margin - distance
  if (room === 0) return null
  return room > 0
    ? { verdict: 'equivalent', seeds: smallest((n) => halfWidth(n, sd, INSIDE) <= room) }
    : { verdict: 'different', seeds: smallest((n) => halfWidth(n, sd, LEVEL) < -room) }
}

/** The verdict on values of our own, one per seed (at least one, fractions), against a published mean. */
export const verdictOn = (values: readonly number[], { mean, margin }: Target): Verdict => {
  const ours = estimate(values)
  if (ours === null) throw new Error('verdict on no values')
  return verdictOf(ours, { mean, margin })
}

const verdictOf = ({ n, mean, sd, half }: Estimate, target: Target): Verdict => {
  if (sd === null || half === null) return { kind: 'undecided', needed: null }
  const distance = Math.abs(mean - target.mean)
  if (distance + halfWidth(n, sd, INSIDE) <= target.margin) return { kind: 'equivalent' }
  if (distance - half > target.margin) return { kind: 'different' }
  return { kind: 'undecided', needed: neededFor(sd, distance, target.margin) }
}
