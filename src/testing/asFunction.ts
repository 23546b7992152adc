/** A graph over leaves as a function of them, so that it can be checked as functions are. */
import type { Env } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { substitute } from '../graph/substitute.js'
import { topological } from '../graph/topological.js'
import type { ArgumentSpec } from './argument.js'
import type { Differentiable } from './problem.js'

/** A function and arguments to check it at. */
export interface Call {
  readonly f: Differentiable
  readonly args: readonly ArgumentSpec[]
}

/** Leaves with a value that `outputs` read, in topological order. */
const leavesOf = (outputs: readonly Expr[]): readonly Expr[] =>
  topological(outputs).filter((e) => e.op.name === 'input' || e.op.name === 'block')

const listOf = (given: ArrayLike<number> | number | undefined): readonly number[] =>
  typeof given === 'number' ? [given] : Array.from(given ?? [])

/** `outputs` as a function of all leaves they read, at the values of `env`. Leaves of whole numbers keep their type. */
export const asFunction = (outputs: Readonly<Record<string, Expr>>, env: Env): Call => {
  const names = Object.keys(outputs)
  const roots = Object.values(outputs)
  const leaves = leavesOf(roots)
  return {
    f: (...xs) => {
      const made = substitute(roots, new Map(leaves.map((leaf, i) => [leaf, xs[i] ?? leaf])))
      return Object.fromEntries(names.map((name, i) => [name, made[i]!]))
    },
    args: leaves.map(({ shape, dtype, attrs }): ArgumentSpec => {
      const name = String(attrs.name)
      const values = listOf(env[name])
      const plain = { shape, name, values }
      return dtype === 'f32' ? plain : { ...plain, dtype, below: dtype === 'u8' ? 256 : 1 + Math.max(0, ...values) }
    }),
  }
}
