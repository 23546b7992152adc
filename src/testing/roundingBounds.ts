/**
 * What rounding can do to the f64 values of both modes and of the function, as bounds: for when noise that was measured explains less.
 * A saturated softmax is flat to its last bit, so that it shows no noise, and yet its gradient is a difference of large terms.
 */
import { errorBounds } from '../graph/errorBound.js'
import type { Env } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { attempt } from './attempt.js'
import { type Derivatives, named, tangentsOf, type Transformed } from './derivatives.js'
import type { Direction } from './directions.js'
import type { Problem } from './problem.js'

/**
 * A rounding in f64 as a part of one in f32, and eight times that: bounds of f32 count the roundings that happen to single values, which
 * may by accident be smaller parts of a unit in the last place in f32 than in f64.
 */
const finer = 2 ** -26

/** Bounds of the roundings in f64 of `roots`, element by element and one root after another; 0 where there is none. */
export const boundsInF64 = (roots: readonly Expr[], env: Env): Float64Array => {
  const made = attempt(() => errorBounds(roots, env))
  if ('problem' in made) return new Float64Array(0)
  return Float64Array.from(
    made.value.flatMap(({ error }) => Array.from(error, (x) => (Number.isFinite(x) ? x * finer : 0))),
  )
}

/** Bounds for a problem; nothing is computed before it is asked for. */
export interface RoundingBounds {
  /** Of the values. */
  readonly values: () => Float64Array
  /** Of J d for a direction. */
  readonly forward: (direction: Direction) => Float64Array
  /** Of ⟨Jᵀu, d⟩ for an output and a direction. */
  readonly reverse: (output: number, direction: Direction) => number
}

const once = <K, V>(make: (k: K) => V): ((k: K) => V) => {
  const known = new Map<K, V>()
  return (k) => {
    const value = known.get(k) ?? make(k)
    known.set(k, value)
    return value
  }
}

/** See `RoundingBounds`. */
export const roundingBounds = (problem: Problem, graphs: Transformed, { u, reverse }: Derivatives): RoundingBounds => {
  const { outputs, env } = problem
  const values = once(() =>
    boundsInF64(
      outputs.map((o) => o.value),
      env,
    ),
  )
  const backward = once((output: number) =>
    boundsInF64(graphs.reverse[output] ?? [], { ...env, ...named(graphs.cotangents, u) }),
  )
  return {
    values: () => values(0),
    forward: once((direction) =>
      boundsInF64(graphs.forward, { ...env, ...named(graphs.tangents, tangentsOf(problem, direction)) }),
    ),
    reverse: (output, { variable, along }) => {
      const from = (reverse[output] ?? []).slice(0, variable).reduce((n, part) => n + part.length, 0)
      const errors = backward(output)
      return along.reduce((total, x, j) => total + Math.abs(x) * (errors[from + j] ?? 0), 0)
    },
  }
}
