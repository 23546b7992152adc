/** Adds up the comparisons of one check and keeps the worst of them. */
import type { CheckName, CheckReport, Fault } from './options.js'

/** Two numbers that should be equal. */
export interface Pair {
  readonly got: number
  readonly want: number
  readonly tolerance: number
  /** Largest magnitude in the derivative that they are part of. */
  readonly scale: number
}

/** What a fault says about where a pair stands; made only for the worst. */
export type About = () => Pick<Fault, 'claim' | 'output' | 'argument' | 'entry' | 'reason'> & {
  readonly names: readonly [string, string]
}

/** A check under way. */
export interface Tally {
  readonly compare: (pair: Pair, about: About) => void
  /** Differences of this pair could not tell. */
  readonly unsettled: (pair: Pair, about: About) => void
  readonly report: () => CheckReport
  readonly fault: () => Fault | undefined
}

const rank = { 'not finite': 3, mismatch: 2, unsettled: 1, failed: 0 } as const

/** A tally of nothing yet. */
export const tallyOf = (check: CheckName): Tally => {
  let compared = 0
  let worst = 0
  let margin = 0
  let severity = 0
  let fault: Fault | undefined
  const keep = (kind: Fault['kind'], size: number, { got, want, tolerance }: Pair, about: About): void => {
    if (fault !== undefined && (rank[kind] < rank[fault.kind] || (kind === fault.kind && !(size > severity)))) return
    const { names, ...place } = about()
    severity = size
    fault = { check, kind, ...place, got: [names[0], got], want: [names[1], want], tolerance }
  }
  return {
    compare: (pair, about) => {
      compared++
      const { got, want, tolerance, scale } = pair
      const apart = got === want ? 0 : Math.abs(got - want)
      if (!Number.isFinite(apart)) {
        worst = Number.POSITIVE_INFINITY
        margin = Number.POSITIVE_INFINITY
        keep('not finite', 1, pair, about)
        return
      }
      const relative = apart === 0 ? 0 : apart / (scale || 1)
      const part = apart === 0 ? 0 : apart / tolerance
      if (relative > worst) worst = relative
      if (part > margin) margin = part
      if (part > 1) keep('mismatch', relative, pair, about)
    },
    unsettled: (pair, about) => {
      compared++
      keep('unsettled', pair.tolerance, pair, about)
    },
    report: () => ({ check, compared, worst, margin }),
    fault: () => fault,
  }
}
