/** A differentiable function as an instance: every check of `compareGradients`, and for what fails its counterexample. */
import type { Primitive } from '../../graph/expr.js'
import { primitives } from '../../graph/primitives/table.js'
import { topological } from '../../graph/topological.js'
import { attempt } from '../attempt.js'
import type { Argument } from '../argument.js'
import { checkGradients } from '../checkGradients.js'
import { compareGradients } from '../compareGradients.js'
import type { CheckName, GradientOptions, GradientReport } from '../options.js'
import { type Differentiable, problemOf } from '../problem.js'
import type { Instance, Outcome } from './item.js'

/** A function, the arguments it is checked at, and what `checkGradients` may be told besides. */
export interface Checked {
  readonly name: string
  readonly f: Differentiable
  readonly args: readonly Argument[]
  readonly options?: GradientOptions
}

const outcomeOf = ({ checks, faults }: GradientReport, texts: readonly string[]): Outcome => {
  const worst = (name: CheckName): number | undefined => checks.find(({ check }) => check === name)?.worst
  const precision = checks.find(({ check }) => check === 'precision')
  const differing = faults.filter(({ claim }) => claim.includes('bit for bit')).length
  const found = {
    consistency: worst('consistency'),
    differences: worst('differences'),
    'second order': worst('second order'),
    bits: precision === undefined ? undefined : differing,
    bound: differing > 0 ? undefined : precision?.margin,
  }
  return {
    worst: Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)),
    failures: texts,
  }
}

/** A record that a user made from one of this package, with another rule, still holds the other functions of it. */
const isMadeFrom = (own: Primitive, op: Primitive): boolean => {
  const parts = new Set<unknown>(Object.values(own).filter((part) => typeof part === 'function'))
  return Object.values(op).some((part) => parts.has(part))
}

/** Whether the nodes that `f` builds are those of another copy of this package, which nothing here knows. */
const isForeign = (f: Differentiable, args: readonly Argument[]): boolean => {
  const own = new Map(primitives.map((p) => [p.name, p]))
  const built = attempt(() => problemOf(f, args, 0).outputs.map(({ value }) => value))
  const nodes = 'value' in built ? topological(built.value) : []
  return nodes.some(({ op }) => {
    const known = op.codegen === 'leaf' ? undefined : own.get(op.name)
    return known !== undefined && !isMadeFrom(known, op)
  })
}

const anotherCopy =
  'its expressions are made by another copy of engram than the one that checks them. TypeScript that is loaded as CommonJS does that: ' +
  'call the file .mts, or say "type": "module" in its package.json. So does a second installation: run the command of the one it imports.'

/** The instance that checks `f`. The seed is added to that of the options, so that instances draw differently. */
export const differentiated = ({ name, f, args, options }: Checked): Instance => ({
  name,
  check: (seed) => {
    const own = { ...options, name: options?.name ?? name, seed: seed + (options?.seed ?? 0) }
    if (isForeign(f, args)) return { worst: {}, failures: [anotherCopy] }
    const made = attempt(() => compareGradients(f, args, own))
    if ('problem' in made) return { worst: {}, failures: [made.problem] }
    const { faults } = made.value
    if (faults.length === 0) return outcomeOf(made.value, [])
    const told = attempt(() => checkGradients(f, args, own))
    const text = 'problem' in told ? told.problem : faults.map(({ claim, reason }) => `${claim}: ${reason}`).join('\n')
    return outcomeOf(made.value, [text])
  },
})
