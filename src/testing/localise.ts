/** Which primitive's rule is at fault: every node of a graph is checked on its own, as a function of its arguments at their values. */
import { type Env, trace } from '../graph/evaluate.js'
import type { Expr, Vector } from '../graph/expr.js'
import { gradients } from '../graph/grad.js'
import { input } from '../graph/ops.js'
import { literalValue } from '../graph/primitives/leaf.js'
import { phrase } from '../graph/phrase.js'
import { sizeOf } from '../graph/shape.js'
import { substitute } from '../graph/substitute.js'
import { reaching } from '../graph/sweep.js'
import { topological } from '../graph/topological.js'
import { uniforms } from '../random/draw.js'
import { folded, key, named as namedKey } from '../random/key.js'
import { onOddGrid } from './argument.js'
import { attempt } from './attempt.js'
import { compareProblem } from './compare.js'
import { named, transformed } from './derivatives.js'
import { signed } from './directions.js'
import type { CheckName, Fault, GradientOptions } from './options.js'
import { merged, type Problem } from './problem.js'

/** A rule that is wrong, in words. */
export interface WrongRule {
  /** Such as ``the reverse-mode rule of `multiply` for its argument 1``. */
  readonly rule: string
  /** The node, in words. */
  readonly node: string
}

const limit = 400

/** A node as a function of those of its arguments that are f32 and no literals. */
const alone = (e: Expr, values: ReadonlyMap<Expr, Vector>, outside: Env): Problem | undefined => {
  const leaves = e.args.map((a, k) => (literalValue(a) === undefined ? input(`argument ${k}`, a.shape, a.dtype) : a))
  const variables = leaves.flatMap((leaf, argument) =>
    leaf.dtype === 'f32' && leaf !== e.args[argument] ? [{ leaf, name: `argument ${argument}`, argument }] : [],
  )
  const env = Object.fromEntries(
    e.args.map((a, k): readonly [string, Float64Array] => {
      const list = Float64Array.from(values.get(a) ?? [])
      return [`argument ${k}`, a.dtype === 'f32' ? list.map(Math.fround) : list]
    }),
  )
  const isFinite = Object.values(env).every((list) => list.every(Number.isFinite))
  if (variables.length === 0 || !isFinite) return undefined
  // a rule may read what stands outside of its node
  return { outputs: [{ name: 'the node', value: { ...e, args: leaves } }], variables, env: { ...outside, ...env } }
}

/** In words, and with its name where words leave it out. */
const inWords = (e: Expr): string => {
  const [text, inner] = [phrase(e, 3), e.args.map((a) => phrase(a, 2))]
  return text === phrase(e.args[0] ?? e, 3) ? `${e.op.name}(${inner.join(', ')})` : text
}

const modeOf = (faults: readonly Fault[]): string => {
  const agree = !faults.some((f) => f.check === 'consistency')
  const wrong = faults.find((f) => f.check === 'differences' && f.kind === 'mismatch')?.claim ?? ''
  if (agree || wrong === '') return 'rule'
  return wrong.startsWith('reverse') ? 'reverse-mode rule' : 'forward-mode rule'
}

const inGraph = (
  roots: readonly Expr[],
  wrt: readonly Expr[],
  env: Env,
  only: readonly CheckName[],
  options: GradientOptions,
): WrongRule | undefined => {
  const order = topological(roots)
  const values = trace(order, env, 'f64')
  const live = reaching(order, wrt)
  for (const e of order.filter((node) => live.has(node) && node.args.length > 0).slice(0, limit)) {
    const problem = alone(e, values, env)
    if (problem === undefined) continue
    const made = attempt(() => compareProblem(problem, { ...options, only, entries: 60, directions: 4 }))
    const faults = 'problem' in made ? [] : made.value.faults.filter((f) => f.kind !== 'unsettled')
    const [fault] = faults
    if (fault === undefined) continue
    const inside = inBody(e, only, options)
    if (inside !== undefined) return { ...inside, rule: `${inside.rule}, in the step of a \`${e.op.name}\`` }
    const which = fault.argument < 0 ? '' : ` for its argument ${fault.argument}`
    const what = only[0] === 'precision' ? 'compiled or rounded value' : modeOf(faults)
    return { rule: `the ${what} of \`${e.op.name}\`${which}`, node: inWords(e) }
  }
  return undefined
}

/** The same in the body of a loop, on drawn values. */
const inBody = ({ body }: Expr, only: readonly CheckName[], options: GradientOptions): WrongRule | undefined => {
  if (body === undefined) return undefined
  const leaves = [...body.states, ...body.inputs, ...body.constants]
  const values = leaves.map((leaf, i) =>
    Float64Array.from(uniforms(namedKey(folded(key(options.seed ?? 0), i), 'body'), sizeOf(leaf.shape)), (u) =>
      onOddGrid(u),
    ),
  )
  return inGraph([...body.next, ...body.outputs, ...body.sums], leaves, named(leaves, values), only, options)
}

/** The `stop` or `surrogate` without which differences of the values agree, or agree best. */
const declaring = (problem: Problem, fault: Fault, options: GradientOptions): WrongRule | undefined => {
  const { outputs, variables } = problem
  const wrt = variables.map((v) => v.leaf)
  const roots = outputs.map((o) => o.value)
  const order = topological(roots)
  const live = reaching(order, wrt)
  let [best, least]: [Expr | undefined, number] = [undefined, Number.POSITIVE_INFINITY]
  for (const e of order.slice(0, limit)) {
    const [value] = e.args
    if (!live.has(e) || value === undefined || (e.op.name !== 'stop' && e.op.name !== 'surrogate')) continue
    const open = substitute(roots, new Map([[e, value]]))
    const changed = { ...problem, outputs: outputs.map((o, i) => ({ ...o, value: open[i]! })) }
    const made = attempt(() => compareProblem(changed, { ...options, only: ['differences'] }))
    const worst = 'problem' in made ? Number.POSITIVE_INFINITY : made.value.worst
    if (worst < least) [best, least] = [e, worst]
  }
  if (best === undefined || fault.check !== 'differences') return undefined
  return { rule: `none; the derivative is cut off by \`${best.op.name}\``, node: inWords(best) }
}

/** The first node, arguments before users, whose own derivative is wrong; undefined where every one is right by itself. */
export const localise = (given: Problem, fault: Fault, options: GradientOptions): WrongRule | undefined => {
  const seed = options.seed ?? 0
  const problem = merged(given)
  const { outputs, variables, env } = problem
  const leaves = variables.map((v) => v.leaf)
  const roots = fault.output < 0 ? outputs.map((o) => o.value) : [outputs[fault.output]!.value]
  const shared = { seed, differencesOf: options.differencesOf ?? 'promise' } as const
  if (shared.differencesOf === 'value' && fault.check === 'differences') {
    const own = inGraph(roots, leaves, env, ['consistency', 'differences'], { seed })
    return own ?? declaring(problem, fault, shared)
  }
  if (fault.check === 'precision') return inGraph(roots, leaves, env, ['precision'], shared)
  const first: readonly CheckName[] = ['consistency', 'differences']
  const found = inGraph(roots, leaves, env, first, shared)
  if (found !== undefined || fault.check !== 'second order') return found
  const graphs = transformed(problem)
  const u = graphs.cotangents.map((leaf, i) => signed(seed, `cotangent ${i}`, sizeOf(leaf.shape)))
  const gradient = graphs.objectives.flatMap((objective) => gradients(objective, leaves))
  return (
    inGraph(roots, leaves, env, ['second order'], shared) ??
    inGraph(gradient, leaves, { ...env, ...named(graphs.cotangents, u) }, first, shared)
  )
}
