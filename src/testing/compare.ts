/** All checks of a problem, as data. */
import type { Expr } from '../graph/expr.js'
import { reaching } from '../graph/sweep.js'
import { topological } from '../graph/topological.js'
import { attempt } from './attempt.js'
import { consistency } from './consistency.js'
import { type Derivatives, derivativesOf, transformed } from './derivatives.js'
import { differences } from './differences.js'
import { type Direction, directionsOf } from './directions.js'
import { type CheckName, checkNames, type Fault, type GradientOptions, type GradientReport } from './options.js'
import { roundingBounds } from './roundingBounds.js'
import { precision } from './precision.js'
import { merged, type Problem } from './problem.js'
import { secondOrder } from './secondOrder.js'
import { type Tally, tallyOf } from './tally.js'
import { sizeOf } from '../graph/shape.js'

/** Options with their defaults. Throws on all bad ones at once. */
export const settled = ({
  seed = 0,
  only = checkNames,
  entries = 200,
  directions = 8,
  differencesOf = 'promise',
}: GradientOptions) => {
  const whole = (name: string, x: number, from: number): readonly string[] =>
    Number.isSafeInteger(x) && x >= from ? [] : [`${name} must be a whole number from ${from}, got ${x}`]
  const unknown = only.filter((name) => !checkNames.includes(name))
  const problems = [
    ...whole('seed', seed, 0),
    ...whole('entries', entries, 0),
    ...whole('directions', directions, 1),
    ...unknown.map((name) => `no check '${name}'; known: ${checkNames.join(', ')}`),
  ]
  if (problems.length > 0) throw new Error(`checkGradients: ${problems.join('; ')}`)
  return { seed, only, entries, directions, differencesOf } as const
}

/** Names of primitives that declare their derivative, on the way from the variables to the outputs and in the bodies of loops there. */
const declared = ({ outputs, variables }: Problem): readonly string[] => {
  const found = new Set<string>()
  const look = (e: Expr): void => {
    if (e.op.declares === true) found.add(e.op.name)
    const { next = [], outputs: stacked = [], sums = [] } = e.body ?? {}
    topological([...next, ...stacked, ...sums]).forEach(look)
  }
  const order = topological(outputs.map((o) => o.value))
  const live = reaching(
    order,
    variables.map((v) => v.leaf),
  )
  order.filter((e) => live.has(e)).forEach(look)
  return [...found].sort()
}

/** Values and derivatives that are no numbers. */
const finite = (problem: Problem, directions: readonly Direction[], d: Derivatives): Tally => {
  const tally = tallyOf('finite')
  const reason =
    'keep roots, logarithms and divisors away from 0 by what they are given: selectGreater leaves a value out, but the derivative of ' +
    'what it leaves out is still computed, and 0 times infinity is NaN'
  const none = { argument: -1, entry: -1, names: ['found', 'expected a number, such as'], reason } as const
  const look = (
    x: number,
    about: { readonly claim: string; readonly output: number; readonly argument?: number; readonly entry?: number },
  ) =>
    tally.compare({ got: x, want: Number.isFinite(x) ? x : 0, tolerance: 0, scale: 0 }, () => ({ ...none, ...about }))
  problem.outputs.forEach((_, output) => {
    const [from, size] = [d.offsets[output]!, d.u[output]!.length]
    for (let i = from; i < from + size; i++) look(d.values[i]!, { claim: 'the value is finite', output })
    problem.variables.forEach(({ argument }, v) => {
      d.reverse[output]![v]!.forEach((x, entry) => {
        look(x, { claim: 'the gradient by reverse mode is finite', output, argument, entry })
      })
    })
    directions.forEach(({ variable, entry }, k) => {
      const argument = problem.variables[variable]!.argument
      for (let i = from; i < from + size; i++)
        look(d.forward[k]![i]!, { claim: 'the derivative by forward mode is finite', output, argument, entry })
    })
  })
  return tally
}

const failed = (check: CheckName, problem: string): Fault => ({
  check,
  kind: 'failed',
  claim: 'the check can be made',
  output: -1,
  argument: -1,
  entry: -1,
  got: ['found', Number.NaN],
  want: ['expected', 0],
  tolerance: 0,
  reason: problem,
})

/** Makes the checks. */
export const compareProblem = (given: Problem, options: GradientOptions): GradientReport => {
  const o = settled(options)
  const problem = merged(given)
  const directions = directionsOf(problem, o)
  const elements = problem.variables.reduce((n, { leaf }) => n + sizeOf(leaf.shape), 0)
  const about = { seed: o.seed, elements, directions: directions.length, declared: declared(problem) }
  const built = attempt(() => transformed(problem))
  if ('problem' in built)
    return { ...about, checks: [], worst: Number.POSITIVE_INFINITY, faults: [failed('finite', built.problem)] }
  const graphs = built.value
  const d = derivativesOf(problem, graphs, directions, o.seed)
  const first = finite(problem, directions, d)
  const bounds = roundingBounds(problem, graphs, d)
  const few = (): readonly Direction[] =>
    directionsOf(problem, { seed: o.seed, entries: Math.min(o.entries, 40), directions: Math.min(o.directions, 3) })
  const checks: Readonly<Record<Exclude<CheckName, 'finite'>, () => Tally>> = {
    consistency: () => consistency(problem, directions, d, bounds),
    differences: () => differences(problem, directions, d, o, bounds),
    'second order': () => secondOrder(problem, graphs, few(), d, o.seed),
    precision: () => precision(problem, graphs, d),
  }
  const tallies: Tally[] = [first]
  const faults: Fault[] = []
  if (first.fault() === undefined)
    for (const name of checkNames) {
      if (name === 'finite' || !o.only.includes(name)) continue
      const made = attempt(checks[name])
      if ('problem' in made) faults.push(failed(name, made.problem))
      else tallies.push(made.value)
    }
  const reports = tallies.map((tally) => tally.report())
  const found = tallies.flatMap((tally) => tally.fault() ?? [])
  return {
    ...about,
    checks: reports,
    worst: Math.max(...reports.filter((r) => r.check !== 'precision').map((r) => r.worst)),
    faults: [...found, ...faults],
  }
}
