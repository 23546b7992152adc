/** Gradient checks as data, for tables. */
import { compareProblem, settled } from './compare.js'
import type { Argument } from './argument.js'
import type { GradientOptions, GradientReport } from './options.js'
import { type Differentiable, problemOf } from './problem.js'

/**
 * The checks of `checkGradients` without its verdict: what each found, and the worst fault of each that failed. Throws only where the
 * function cannot be built on such arguments.
 */
export const compareGradients = (
  f: Differentiable,
  args: readonly Argument[],
  options: GradientOptions = {},
): GradientReport => compareProblem(problemOf(f, args, settled(options).seed, options.env), options)
