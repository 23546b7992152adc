/** The derivatives of a problem at its point: values, reverse mode for a cotangent of each output, forward mode along directions. */
import { type Env, evaluate, trace } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { gradients } from '../graph/grad.js'
import { jvp } from '../graph/jvp.js'
import { input, mul, sum } from '../graph/ops.js'
import { promised } from '../graph/promised.js'
import { sameShape, showShape, sizeOf } from '../graph/shape.js'
import { reaching } from '../graph/sweep.js'
import { topological } from '../graph/topological.js'
import { type Direction, moved, pointOf, powerBelow, scaleOf, signed } from './directions.js'
import { type Evaluator, evaluatorOf } from './evaluator.js'
import { noiseOf } from './noise.js'
import type { Problem } from './problem.js'
import type { Line } from './ridders.js'

/** Graphs over the leaves of a problem, a cotangent for each output and a tangent for each variable. */
export interface Transformed {
  readonly cotangents: readonly Expr[]
  readonly tangents: readonly Expr[]
  /** ⟨u, y⟩ of each output. */
  readonly objectives: readonly Expr[]
  /** J v of each output. */
  readonly forward: readonly Expr[]
  /** Jᵀ u of each output in each variable. */
  readonly reverse: readonly (readonly Expr[])[]
}

/** What rules give must have the shapes of what it is the derivative of, or its numbers are read in the wrong places. */
const assertShapes = (mode: string, made: readonly Expr[], like: readonly Expr[]): void => {
  made.forEach((e, i) => {
    const want = like[i] ?? e
    if (!sameShape(e.shape, want.shape))
      throw new Error(
        `${mode} gives ${showShape(e.shape)} where ${showShape(want.shape)} is needed: a rule gives another shape`,
      )
  })
}

/** Both modes as graphs. Throws where a primitive on the way has no derivative, or a rule gives another shape. */
export const transformed = ({ outputs, variables }: Problem): Transformed => {
  const cotangents = outputs.map(({ value }, i) => input(`cotangent ${i}`, value.shape))
  const tangents = variables.map(({ leaf, name }) => input(`tangent of ${name}`, leaf.shape))
  const leaves = variables.map((v) => v.leaf)
  const objectives = outputs.map(({ value }, i) => sum(mul(value, cotangents[i]!)))
  const values = outputs.map((o) => o.value)
  const reverse = objectives.map((objective) => gradients(objective, leaves))
  reverse.forEach((made) => assertShapes('reverse mode', made, leaves))
  const forward = jvp(
    values,
    leaves.map((of, i) => ({ of, along: tangents[i]! })),
  )
  assertShapes('forward mode', forward, values)
  return { cotangents, tangents, objectives, forward, reverse }
}

/** The roots as functions whose differences are what derivatives must equal, and the values of what they read beside the variables. */
export const promise = (problem: Problem, roots: readonly Expr[]) => {
  const bases = problem.variables.map(({ leaf, name }) => input(`${name} at the point`, leaf.shape))
  const point = pointOf(problem)
  return {
    roots: promised(
      roots,
      problem.variables.map(({ leaf }, i) => ({ of: leaf, base: bases[i]! })),
    ),
    env: Object.fromEntries(problem.variables.map(({ name }, i) => [`${name} at the point`, point[i]!])),
  }
}

/** A direction that moves every variable in its scale. */
export const jointly = (problem: Problem, seed: number): readonly Float64Array[] =>
  pointOf(problem).map((values, i) => signed(seed, `noise ${i}`, values.length).map((x) => x * scaleOf(values)))

/** All variables moved at once: a line on which the noise of `evaluator` shows. */
export const jointLine = (problem: Problem, evaluator: Evaluator, seed: number): Line => {
  const point = pointOf(problem)
  const along = jointly(problem, seed)
  return (t) => evaluator(point.map((values, i) => moved(values, along[i]!, t)))
}

/** Numbers of both modes at the point, in f64. */
export interface Derivatives {
  /** All outputs, one after another, and where each begins. */
  readonly values: Float64Array
  readonly offsets: readonly number[]
  /** Cotangents, scaled by powers of two so that gradients are near 1: far from the thresholds of flushing. */
  readonly u: readonly Float64Array[]
  /** J d of each direction, all outputs one after another. */
  readonly forward: readonly Float64Array[]
  /** Jᵀ u of each output in each variable. */
  readonly reverse: readonly (readonly Float64Array[])[]
  /** Noise of `reverse`, and of J v for a direction that moves every variable in its scale. */
  readonly reverseNoise: readonly (readonly Float64Array[])[]
  readonly forwardNoise: Float64Array
  /** Largest magnitude of any value on the way from variables to outputs, and of the outputs. */
  readonly inner: number
}

/** Tangents that move one variable along a direction. */
export const tangentsOf = (problem: Problem, { variable, along }: Direction): readonly Float64Array[] =>
  problem.variables.map(({ leaf }, i) => (i === variable ? along : new Float64Array(sizeOf(leaf.shape))))

/** Names of leaves with their values. */
export const named = (leaves: readonly Expr[], values: readonly Float64Array[]): Record<string, Float64Array> =>
  Object.fromEntries(leaves.map((leaf, i) => [String(leaf.attrs.name), values[i]!]))

const splitAt = (all: Float64Array, like: readonly Float64Array[]): readonly Float64Array[] => {
  let at = 0
  return like.map(({ length }) => all.subarray(at, (at += length)))
}

const innerScale = ({ outputs, variables, env }: Problem): number => {
  const roots = outputs.map((o) => o.value)
  const order = topological(roots)
  const live = reaching(
    order,
    variables.map((v) => v.leaf),
  )
  let most = 0
  for (const [e, list] of trace(roots, env, 'f64'))
    if (live.has(e) || roots.includes(e))
      for (const x of list) if (Number.isFinite(x) && Math.abs(x) > most) most = Math.abs(x)
  return most
}

/**
 * What flushing may take from a gradient along a direction: cotangents below 2^-60 that enter a product count as 0, whatever they are
 * multiplied by.
 */
export const flushed = (inner: number, along: Float64Array): number =>
  2 ** -59 * Math.max(1, inner) * along.reduce((total, x) => total + Math.abs(x), 0)

/** Evaluates both modes. */
export const derivativesOf = (
  problem: Problem,
  graphs: Transformed,
  directions: readonly Direction[],
  seed: number,
): Derivatives => {
  const { outputs, variables, env } = problem
  const parts = evaluate(
    outputs.map((o) => o.value),
    env,
    'f64',
  )
  const offsets = parts.map((_, i) => parts.slice(0, i).reduce((n, part) => n + part.length, 0))
  const values = Float64Array.from(parts.flatMap((part) => Array.from(part)))
  const point = pointOf(problem)
  const along = evaluatorOf(graphs.forward, env, graphs.tangents)
  const forward = directions.map((direction) => along(tangentsOf(problem, direction)))
  const leaves = variables.map((v) => v.leaf)
  const tangents = named(graphs.tangents, jointly(problem, seed))
  const noiseAlong = (roots: readonly Expr[], more: Env): Float64Array => {
    const smooth = promise(problem, roots)
    return noiseOf(jointLine(problem, evaluatorOf(smooth.roots, { ...env, ...more, ...smooth.env }, leaves), seed))
  }
  const forwardNoise = noiseAlong(graphs.forward, tangents)
  const u = parts.map(({ length }, i) => {
    let largest = 0
    directions.forEach(({ variable }, k) => {
      const scale = scaleOf(point[variable]!)
      for (let j = offsets[i]!; j < offsets[i]! + length; j++) {
        const size = Math.abs(forward[k]![j]!)
        // what is only rounding has no scale of its own
        if (size > largest && size > (16 * forwardNoise[j]!) / scale) largest = size
      }
    })
    const scale = largest > 2 ** -100 && largest < 2 ** 100 ? 1 / powerBelow(largest) : 1
    return signed(seed, `cotangent ${i}`, length).map((x) => x * scale)
  })
  const cotangents = named(graphs.cotangents, u)
  const flat = graphs.reverse.flat()
  const gradient = evaluate(flat, { ...env, ...cotangents }, 'f64')
  const noise = splitAt(noiseAlong(flat, cotangents), gradient)
  const perOutput = <T>(list: readonly T[]): readonly (readonly T[])[] =>
    outputs.map((_, o) => list.slice(o * variables.length, (o + 1) * variables.length))
  return {
    values,
    offsets,
    u,
    forward,
    reverse: perOutput(gradient),
    reverseNoise: perOutput(noise),
    forwardNoise,
    inner: innerScale(problem),
  }
}
