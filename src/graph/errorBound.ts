/**
 * How far f32 can be from f64: running error analysis of a graph. Every element carries a bound of the distance between what the f32
 * program gives and its f64 value, from the error rules of the primitives. Composite functions count by the accuracy that they state,
 * so the graph need not be lowered.
 */
import { type Env, trace } from './evaluate.js'
import type { Bounded, Expr } from './expr.js'
import { literalValue } from './primitives/leaf.js'
import { largest, slack } from './primitives/rounding.js'
import { sizeOf } from './shape.js'
import { topological } from './topological.js'

// A value that f32 may not hold has no bound; an infinity that is meant as one is exact.
const settled = (value: number, error: number): number => {
  if (error === 0) return 0
  const bound = error * slack
  return Math.abs(value) + bound <= largest ? bound : Number.POSITIVE_INFINITY
}

/** Values and bounds of every node that `roots` read, where those of the leaves are given; literals are exact. */
export const boundsOf = (roots: readonly Expr[], leafOf: (leaf: Expr) => Bounded): readonly Bounded[] => {
  const known = new Map<Expr, Bounded>()
  const bounded = (e: Expr): Bounded => {
    const literal = literalValue(e)
    if (e.op.codegen === 'leaf')
      return literal === undefined ? leafOf(e) : { value: Float64Array.of(literal), error: new Float64Array(1) }
    if (e.op.error === undefined) throw new Error(`errorBounds: '${e.op.name}' has no error rule`)
    const args = e.args.map((a) => known.get(a)!)
    const value = new Float64Array(sizeOf(e.shape))
    e.op.reference(
      args.map((a) => a.value),
      value,
      e,
      (x) => x,
    )
    const error = e.op.error(args, e, value).map((err, i) => settled(value[i]!, err))
    return { value, error }
  }
  for (const e of topological(roots)) known.set(e, bounded(e))
  return roots.map((e) => known.get(e)!)
}

/** A tensor in f64, and for each element how far at most its f32 value is from it. */
export interface Bound {
  readonly value: Float64Array
  /** 0: the f32 value is the value itself. Infinite: nothing is known. */
  readonly error: Float64Array
}

/**
 * For each of `outputs` its value in f64, and a bound of |f32 value − f64 value| for every element, where the f32 value is that of the
 * reference and so of every compiled program in exact arithmetic. Inputs and blocks are rounded to f32 first: they are what an f32
 * program is given, and have no error.
 *
 * The bound is proven, not measured, so it is pessimistic: it takes every rounding for the worst one and all of them for dependent.
 * It is infinite where the f32 value can be anything: a divisor that may be 0, an overflow, the logarithm of what may be negative.
 * Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, section 3.3 (running error analysis); each primitive's rule
 * stands in its file. Throws as `evaluate` does.
 */
export const errorBounds = (outputs: readonly Expr[], env: Env): readonly Bound[] => {
  const leaves = topological(outputs).filter((e) => e.op.codegen === 'leaf' && literalValue(e) === undefined)
  const given = trace(leaves, env, 'f64')
  const bounded = new Map(
    leaves.map((leaf) => {
      const read = given.get(leaf) ?? new Float64Array(0)
      const value = leaf.dtype === 'f32' ? Float64Array.from(read, Math.fround) : read
      return [leaf, { value, error: new Float64Array(value.length) }]
    }),
  )
  return boundsOf(outputs, (leaf) => bounded.get(leaf)!).map(({ value, error }) => ({
    value: Float64Array.from(value),
    error,
  }))
}
