/** Directions in which arguments are moved: every entry on its own for small ones, random ones and some entries for large ones. */
import { sizeOf } from '../graph/shape.js'
import { sample, uniforms } from '../random/draw.js'
import { key, named } from '../random/key.js'
import type { Problem } from './problem.js'

/** A direction in one of the variables. */
export interface Direction {
  /** Index among the variables of the problem. */
  readonly variable: number
  /** The element that moves alone, or −1. */
  readonly entry: number
  /** Of the variable's shape. */
  readonly along: Float64Array
  /** First step of differences: of the scale of what moves. */
  readonly step: number
}

/** Values of the variables at the point. */
export const pointOf = ({ variables, env }: Problem): readonly Float64Array[] =>
  variables.map(({ name }) => Float64Array.from(listOf(env[name])))

const listOf = (given: ArrayLike<number> | number | undefined): ArrayLike<number> =>
  typeof given === 'number' ? [given] : (given ?? [])

/** Root mean square of the values; 1 where all are 0. */
export const scaleOf = (values: Float64Array): number =>
  Math.sqrt(values.reduce((total, x) => total + x * x, 0) / values.length) || 1

/** The power of two from `x / 2` to `x`. */
export const powerBelow = (x: number): number => {
  let p = 1
  while (p > x) p /= 2
  while (2 * p <= x) p *= 2
  return p
}

// an odd number of eighths, so that no period of a function is a multiple of all steps; few bits, so that points are exact
const firstStep = (scale: number): number => 0.21875 * powerBelow(scale)

/** `values + t · along`. */
export const moved = (values: Float64Array, along: Float64Array, t: number): Float64Array =>
  values.map((x, i) => x + t * along[i]!)

/** Numbers of both signs between 1/2 and 3/2 on a grid of sixteenths: no cotangent and no direction is near 0. */
export const signed = (seed: number, label: string, n: number): Float64Array => {
  const u = uniforms(named(key(seed), label), n)
  return u.map((x) => {
    const k = Math.floor(x * 32)
    return (k < 16 ? 1 : -1) * (0.5 + ((k % 16) + 0.5) / 16)
  })
}

/** How many entries are moved alone at most, and how many random directions there are for each larger argument. */
export interface DirectionOptions {
  readonly seed: number
  readonly entries: number
  readonly directions: number
}

/** The directions of a problem, variable by variable. */
export const directionsOf = (
  problem: Problem,
  { seed, entries, directions }: DirectionOptions,
): readonly Direction[] => {
  const point = pointOf(problem)
  const total = problem.variables.reduce((n, { leaf }) => n + sizeOf(leaf.shape), 0)
  return point.flatMap((values, variable) => {
    const n = values.length
    const scale = scaleOf(values)
    const alone = (entry: number): Direction => {
      const along = new Float64Array(n)
      along[entry] = 1
      return { variable, entry, along, step: firstStep(Math.max(scale, Math.abs(values[entry]!))) }
    }
    if (total <= entries || n <= 2 * directions) return Array.from({ length: n }, (_, i) => alone(i))
    const label = `directions of argument ${problem.variables[variable]?.argument}`
    const some = sample(named(key(seed), label), n, 2 * directions)
    const dense = Array.from(
      { length: directions },
      (_, i): Direction => ({ variable, entry: -1, along: signed(seed, `${label}, ${i}`, n), step: firstStep(scale) }),
    )
    return [...dense, ...Array.from(some, alone)]
  })
}
