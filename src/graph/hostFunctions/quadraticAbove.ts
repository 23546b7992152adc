/**
 * The quadratic program min ½ v'(P + ridge I)v + q'v over v ≥ margin, for P [n, n] symmetric and positive semidefinite, q [n]; n is
 * small. By the active-set method of Lawson & Hanson 1974 (Solving Least Squares Problems, chapter 23), written for P and q: exact up
 * to rounding in f64. Arguments that are not finite give NaN.
 */
import { integers } from '../../random/draw.js'
import type { Attrs, Bounded } from '../expr.js'
import { dot } from '../primitives/dot.js'
import { input } from '../primitives/leaf.js'
import { gap, rounded } from '../primitives/rounding.js'
import { assertShape } from '../shape.js'
import type { HostFunction } from './hostFunction.js'

/** A slope counts as 0 when it is not above this share of the magnitudes it is summed from. */
const negligible = 2 ** -44

/** The solution of the equations of the `free` rows and columns, P z = −q; undefined where P has no inverse in f64. */
const unconstrained = (p: Float64Array, q: Float64Array, free: readonly number[]): Float64Array | undefined => {
  const n = q.length
  const m = free.length
  // Cholesky: P = L L'
  const l = new Float64Array(m * m)
  const z = new Float64Array(m)
  for (let i = 0; i < m; i++) {
    let right = -q[free[i]!]!
    for (let j = 0; j <= i; j++) {
      let rest = p[free[i]! * n + free[j]!]!
      for (let k = 0; k < j; k++) rest -= l[i * m + k]! * l[j * m + k]!
      if (j < i) l[i * m + j] = rest / l[j * m + j]!
      else if (!(rest > negligible * p[free[i]! * n + free[i]!]!)) return undefined
      else l[i * m + i] = Math.sqrt(rest)
    }
    for (let k = 0; k < i; k++) right -= l[i * m + k]! * z[k]!
    z[i] = right / l[i * m + i]!
  }
  for (let i = m - 1; i >= 0; i--) {
    for (let k = i + 1; k < m; k++) z[i]! -= l[k * m + i]! * z[k]!
    z[i]! /= l[i * m + i]!
  }
  return z
}

/** min ½ u'Pu + q'u over u ≥ 0. */
const aboveZero = (p: Float64Array, q: Float64Array): Float64Array => {
  const n = q.length
  const u = new Float64Array(n)
  const isFree = new Uint8Array(n)
  // entries that would fall only within rounding
  const isSettled = new Uint8Array(n)

  const freeOnes = (): readonly number[] => [...isFree.keys()].filter((i) => isFree[i] === 1)

  /** The bound entry with the steepest descent for its scale; −1 where there is none. */
  const steepest = (): number => {
    let [best, most] = [-1, 0]
    for (let i = 0; i < n; i++) {
      if (isFree[i] === 1 || isSettled[i] === 1) continue
      let slope = q[i]!
      let size = Math.abs(slope)
      for (let j = 0; j < n; j++) {
        const part = p[i * n + j]! * u[j]!
        slope += part
        size += Math.abs(part)
      }
      const descent = -slope / Math.sqrt(p[i * n + i]!)
      if (-slope > negligible * size && descent > most) {
        best = i
        most = descent
      }
    }
    return best
  }

  /** Frees an entry and moves to the minimum over the free ones; those that it would take below 0 stop there, one after another. */
  const enter = (entering: number): void => {
    isFree[entering] = 1
    let free = freeOnes()
    let z = unconstrained(p, q, free)
    if (z === undefined || !(z[free.indexOf(entering)]! > 0)) {
      isFree[entering] = 0
      isSettled[entering] = 1
      return
    }
    while (z !== undefined) {
      let [step, leaving] = [1, -1]
      for (const [k, i] of free.entries()) {
        if (z[k]! > 0) continue
        const part = u[i]! / (u[i]! - z[k]!)
        if (leaving < 0 || part < step) [step, leaving] = [part, i]
      }
      for (const [k, i] of free.entries()) {
        u[i] = leaving < 0 ? z[k]! : u[i]! + step * (z[k]! - u[i]!)
        if (i !== leaving && u[i] > 0) continue
        u[i] = 0
        isFree[i] = 0
      }
      isSettled.fill(0)
      if (leaving < 0) return
      free = freeOnes()
      z = unconstrained(p, q, free)
    }
  }

  // in exact arithmetic every round lowers the objective; the limit is for rounding
  for (let round = 0; round < 100 + 20 * n; round++) {
    const entering = steepest()
    if (entering < 0) return u
    enter(entering)
  }
  return u
}

const run = ([p, q]: readonly Float64Array[], { margin, ridge }: Attrs): Float64Array => {
  if (p === undefined || q === undefined) return new Float64Array(0)
  const n = q.length
  if (![...p, ...q].every(Number.isFinite)) return new Float64Array(n).fill(Number.NaN)
  const above = Number(margin)
  const matrix = p.slice()
  for (let i = 0; i < n; i++) matrix[i * n + i]! += Number(ridge)
  // v = margin + u
  const shifted = q.map((x, i) => matrix.subarray(i * n, (i + 1) * n).reduce((sum, y) => sum + y * above, x))
  return aboveZero(matrix, shifted).map((u) => above + u)
}

const length = (x: ArrayLike<number>): number => {
  let squares = 0
  for (let i = 0; i < x.length; i++) squares += x[i]! * x[i]!
  return Math.sqrt(squares)
}

/**
 * The objective is ridge-strongly convex, so a matrix that is F (Frobenius norm) off and a vector that is d off move the solution by at
 * most (F |v| + d) / (ridge − F). What f64 rounds is taken as a share 2^-40 of the largest eigenvalue over the ridge.
 */
const errorOf = ([p, q]: readonly Bounded[], { ridge }: Attrs, value: ArrayLike<number>): Float64Array => {
  const v = Float64Array.from(value)
  if (p === undefined || q === undefined) return v.fill(Number.POSITIVE_INFINITY)
  const [f, d] = [length(p.error), length(q.error)]
  if (f === 0 && d === 0) return v.map((x) => gap(Math.fround(x), x))
  const convex = Number(ridge) - f
  if (!(convex > 0)) return v.fill(Number.POSITIVE_INFINITY)
  const size = length(v)
  const own = 2 ** -40 * ((length(p.value) / convex + 1) * size + length(q.value) / convex)
  const drift = (f * size + d) / convex + own
  return v.map((x) => rounded(x, drift))
}

/** See above. Options: `margin` and `ridge`, 0 or more. */
export const quadraticAbove: HostFunction = {
  shape: ([p, q, ...others]) => {
    const n = q?.[0] ?? 0
    const fits = q?.length === 1 && p?.length === 2 && p[0] === n && p[1] === n && others.length === 0
    assertShape(fits, 'quadraticAbove', 'a matrix [n, n] and a vector [n]', ...(p && q ? [p, q, ...others] : []))
    return [n]
  },
  run,
  // n rounds, each with a factorisation, two triangular systems and a product
  cost: ([, q]) => {
    const n = q?.[0] ?? 0
    return { macs: n * Math.ceil((n * n * n) / 6 + 2 * n * n), operations: 0 }
  },
  error: (args, e, value) => errorOf(args, e.attrs, value),
  sample: (key) => {
    const [n = 0, k = 0, m = 0, r = 0] = integers(key, 4, 5)
    const x = input('x', [1 + n, 1 + k])
    const options = { margin: m % 2 === 0 ? 0 : 0.5, ridge: r % 2 === 0 ? 1e-3 : 0.25 }
    return { args: [dot(x, x, { tb: true }), input('q', [1 + n])], options }
  },
}
