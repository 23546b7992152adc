/** Checks the terms of a strategy on a small made-up problem, awake and in each of its phases. */
import type { AnyStrategy } from '../strategy/anyStrategy.js'
import { recordProblems } from '../strategy/record.js'
import { compareProblem } from './compare.js'
import type { GradientReport } from './options.js'
import { strategyTerms } from './strategyTerms.js'

/** A term, and what the checks of its gradient in the parameters found: see `checkGradients`. */
export interface TermReport extends GradientReport {
  /** `wake`, or the name of a phase. */
  readonly step: string
  /** `strategy/term`. */
  readonly term: string
}

/**
 * The gradient of every term of `strategy` in the parameters, by all checks of `checkGradients`, as if `experience` experiences were
 * finished and every draw had picked rows. Differences are of the term's values, so that a gradient that `stop` cuts off counts as wrong.
 * Throws on a record that is no strategy, and where there is no term to check.
 * `expect(checkStrategy(mine(options)).flatMap((t) => t.faults)).toEqual([])`.
 */
export const checkStrategy = (strategy: AnyStrategy, experience = 1): readonly TermReport[] => {
  const problems = recordProblems([strategy])
  if (problems.length > 0) throw new Error(`checkStrategy: ${problems.join('; ')}`)
  const reports = strategyTerms(strategy, experience).map(({ step, term, value, params, env }) => ({
    step,
    term,
    ...compareProblem(
      { outputs: [{ name: term, value }], variables: [{ leaf: params, name: 'params', argument: 0 }], env },
      { differencesOf: 'value' },
    ),
  }))
  if (reports.length === 0) {
    throw new Error(
      `checkStrategy: '${strategy.name}' has no term after ${experience} experiences, so there is nothing to check`,
    )
  }
  return reports
}
