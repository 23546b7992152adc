/** What is checked: outputs as expressions, the leaves that derivatives are taken in, and the values of all leaves. */
import type { Env } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { input } from '../graph/ops.js'
import { simplify } from '../graph/simplify.js'
import { topological } from '../graph/topological.js'
import { type Argument, givenOf } from './argument.js'

/** What a checked function may give: one expression of any shape, several, or several by name. */
export type Outputs = Expr | readonly Expr[] | Readonly<Record<string, Expr>>

/** A function of expressions: it builds a graph over leaves that it is given. */
export type Differentiable = (...xs: Expr[]) => Outputs

/** An output and what messages call it. */
export interface Output {
  readonly name: string
  readonly value: Expr
}

/** A leaf that derivatives are taken in, and which argument it is. */
export interface Variable {
  readonly leaf: Expr
  readonly name: string
  readonly argument: number
}

/** A function at a point. */
export interface Problem {
  readonly outputs: readonly Output[]
  readonly variables: readonly Variable[]
  /** Values of all leaves; those of variables are f32 numbers. */
  readonly env: Env
}

const isExpr = (x: Outputs): x is Expr => 'op' in x && 'shape' in x && 'args' in x && Array.isArray(x.args)

const isList = (x: readonly Expr[] | Readonly<Record<string, Expr>>): x is readonly Expr[] => Array.isArray(x)

const outputsOf = (made: Outputs): readonly Output[] => {
  if (isExpr(made)) return [{ name: 'the output', value: made }]
  if (isList(made)) return made.map((value, i) => ({ name: `output ${i}`, value }))
  return Object.entries(made).map(([name, value]) => ({ name: `output '${name}'`, value }))
}

/** Names of the parameters in the source of a function, where they are plain names. */
const parameterNames = (f: Differentiable): readonly string[] => {
  const [, bracketed, bare] = /^(?:function\b[^(]*)?(?:\(([^)]*)\)|([\w$]+)\s*=>)/.exec(String(f)) ?? []
  const names = (bracketed ?? bare ?? '').split(',').map((name) => name.trim())
  const plain = names.every((name) => /^[A-Za-z_$][\w$]*$/.test(name))
  return plain && new Set(names).size === names.length ? names : []
}

/** `f` at the values of `args`. `env`: values of what it reads beside them. */
export const problemOf = (f: Differentiable, args: readonly Argument[], seed: number, env: Env = {}): Problem => {
  const given = givenOf(args, seed)
  const written = parameterNames(f)
  const names = given.map(
    ({ spec }, i) => spec.name ?? (written.length >= given.length ? written[i] : undefined) ?? `x${i}`,
  )
  const leaves = given.map(({ spec }, i) =>
    input(names[i]!, spec.shape, spec.below === undefined ? 'f32' : (spec.dtype ?? 'i32')),
  )
  const outputs = outputsOf(f(...leaves))
  const variables = leaves
    .map((leaf, argument): Variable => ({ leaf, name: names[argument]!, argument }))
    .filter(({ argument }) => given[argument]?.differentiated === true)
  const others = topological(outputs.map((o) => o.value)).filter(
    (e) => (e.op.name === 'input' || e.op.name === 'block') && !leaves.includes(e),
  )
  const problems = [
    ...(outputs.length === 0 ? ['the function gives no output'] : []),
    ...(variables.length === 0 ? ['no argument is differentiated: all are whole numbers or fixed'] : []),
    ...names.filter((name, i) => names.indexOf(name) < i).map((name) => `two arguments are called '${name}'`),
    ...outputs
      .filter(({ value }) => value.dtype !== 'f32')
      .map(({ name, value }) => `${name} is ${value.dtype}, not f32`),
    ...others.flatMap((e) => {
      const name = String(e.attrs.name)
      if (names.includes(name)) return [`the function reads its own '${name}', which is also the name of an argument`]
      return env[name] === undefined ? [`the function reads '${name}', which is no argument; give it in 'env'`] : []
    }),
  ]
  if (problems.length > 0) throw new Error(`checkGradients: ${problems.join('; ')}`)
  return {
    outputs,
    variables,
    env: { ...env, ...Object.fromEntries(given.map(({ values }, i) => [names[i]!, values])) },
  }
}

/** The same problem with equal expressions merged, so that a leaf is one node wherever it is read. */
export const merged = ({ outputs, variables, env }: Problem): Problem => {
  const simple = simplify([...outputs.map((o) => o.value), ...variables.map((v) => v.leaf)])
  return {
    outputs: outputs.map((o, i) => ({ ...o, value: simple[i]! })),
    variables: variables.map((v, i) => ({ ...v, leaf: simple[outputs.length + i]! })),
    env,
  }
}
