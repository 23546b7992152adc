/** Options and results of gradient checks. */
import type { Env } from '../graph/evaluate.js'

/**
 * `finite`: values and derivatives are numbers. `consistency`: reverse against forward mode, ⟨Jᵀu, v⟩ = ⟨u, Jv⟩. `differences`: both against differences of the function. `second order`:
 * Hessian-vector products in both orders of differentiation, and against differences of the gradient. `precision`: compiled f32
 * against the f32 reference, bit for bit, and against f64 within derived bounds of rounding.
 */
export type CheckName = 'finite' | 'consistency' | 'differences' | 'second order' | 'precision'

/** Every check, in the order in which they are made. */
export const checkNames: readonly CheckName[] = ['finite', 'consistency', 'differences', 'second order', 'precision']

/** How a function is checked. */
export interface GradientOptions {
  /** Of drawn values, cotangents and directions: a whole number from 0. Absent: 0. */
  readonly seed?: number
  /** The checks to make beside `finite`, which always is. Absent: all. */
  readonly only?: readonly CheckName[]
  /** Up to how many differentiated elements each one is checked on its own. Absent: 200. */
  readonly entries?: number
  /** Above that: random directions for each argument; twice as many of its elements are checked on their own. Absent: 8. */
  readonly directions?: number
  /**
   * What differences are taken of. `promise` (absent): at a kink the branch taken at the point, for `stop` and `surrogate` what they
   * declare. `value`: the values themselves, so that a derivative that was cut off by `stop` counts as wrong.
   */
  readonly differencesOf?: 'promise' | 'value'
  /** Values of inputs and blocks that the function reads beside its arguments. */
  readonly env?: Env
  /** What messages call the function. Absent: its name. */
  readonly name?: string
}

/** What one check found. */
export interface CheckReport {
  readonly check: CheckName
  /** Numbers compared. */
  readonly compared: number
  /** Largest distance, as a fraction of the largest entry of the derivative (or value) that it belongs to. */
  readonly worst: number
  /** Largest distance as a fraction of what was allowed: right is up to 1. */
  readonly margin: number
}

/** Something that is wrong. */
export interface Fault {
  readonly check: CheckName
  /** `mismatch`: two numbers differ by more than is allowed; `not finite`: one is none; `unsettled`: differences cannot tell; `failed`: a transform threw. */
  readonly kind: 'mismatch' | 'not finite' | 'unsettled' | 'failed'
  /** What should be equal, such as `reverse mode against differences`. */
  readonly claim: string
  /** Index of the output; −1: all together. */
  readonly output: number
  /** Index of the argument; −1: none. */
  readonly argument: number
  /** Flat index of the element of the argument; −1: a direction. */
  readonly entry: number
  /** What the two numbers are called, and the numbers. */
  readonly got: readonly [string, number]
  readonly want: readonly [string, number]
  readonly tolerance: number
  /** Where the tolerance comes from, or what to do. */
  readonly reason: string
}

/** What all checks found. */
export interface GradientReport {
  readonly checks: readonly CheckReport[]
  /** The largest `worst` of consistency, differences and second order. */
  readonly worst: number
  /** The worst fault of each check that failed: empty where the gradient is right. */
  readonly faults: readonly Fault[]
  readonly seed: number
  /** Differentiated elements, and in how many directions they were moved: each on its own where there are as many. */
  readonly elements: number
  readonly directions: number
  /** Primitives on the way whose derivative is declared, not that of their value: `stop`, `surrogate`, `flush`. */
  readonly declared: readonly string[]
}
