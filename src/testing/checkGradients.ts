/** Gradients of a function, checked: one call for a test. */
import { type Argument, type ArgumentSpec, givenOf } from './argument.js'
import { compareProblem, settled } from './compare.js'
import { counterexample, nameOf } from './counterexample.js'
import { localise } from './localise.js'
import { message } from './message.js'
import type { GradientOptions, GradientReport } from './options.js'
import { type Differentiable, problemOf } from './problem.js'
import { shrink } from './shrink.js'

/**
 * Checks the derivatives of `f`, a function from expressions to an expression of any shape, several, or a record of them:
 *
 *     checkGradients((x, w) => mean(square(dot(x, w))), [[4, 3], [3, 2]])
 *
 * `args` are shapes, whose values are drawn from `options.seed`, or records with values, a range, whole numbers below a limit (see
 * `ArgumentSpec`). Four checks: reverse against forward mode; both against differences in f64, for every entry of small arguments and along
 * random directions for large ones; second derivatives; compiled f32 against the f32 reference, bit for bit, and against f64
 * within a derived bound. Differences are of what the derivative promises: at kinks the branch taken there, for `stop` and
 * `surrogate` what they declare.
 *
 * A factor of 1 + 1e-4 in a rule is found, and so is an entry that is off by 1e-4 of the largest entry of its derivative: tolerances come from
 * the error that the differences show and are never larger than 3e-5 of it; where differences cannot tell, the check fails and
 * says so. Throws an Error that says which check failed, where, by how much, which primitive's rule is at fault when one is, and
 * code with small arguments that fails in the same way. Returns the worst errors seen.
 */
export const checkGradients = (
  f: Differentiable,
  args: readonly Argument[],
  options: GradientOptions = {},
): GradientReport => {
  const { seed } = settled(options)
  const problem = problemOf(f, args, seed, options.env)
  const report = compareProblem(problem, options)
  const [fault, ...others] = report.faults
  if (fault === undefined) return report
  const given = givenOf(args, seed).map(({ spec, values }): ArgumentSpec => ({ ...spec, values: Array.from(values) }))
  const shrunk = shrink(f, given, options, fault)
  const small = problemOf(f, shrunk.args, seed, options.env)
  throw new Error(
    message({
      name: options.name ?? `\`${nameOf(f)}\``,
      problem,
      fault,
      seed,
      rule: localise(problem, fault, options) ?? localise(small, shrunk.fault, options),
      declared: report.declared,
      shrunk,
      code: counterexample(f, shrunk.args, options, fault.check),
      others,
    }),
  )
}
