/**
 * What the error rules of primitives share: running error analysis in the sense of Higham 2002 (Accuracy and Stability of Numerical
 * Algorithms, sections 2.2, 3.1 and 3.3). A rule bounds |f32 result − f64 value| from bounds of the arguments: what the operation
 * makes of the errors it is given (drift), and its own rounding. An error of 0 says that the f32 value is the value itself, also
 * where that is infinite or NaN. Rounding in f64, of the values and of the bounds themselves, is covered by `slack`.
 */
import type { Bounded, ErrorBound, Expr, Vector } from '../expr.js'

/** Unit roundoff of f32. */
export const unit = 2 ** -24
/** Unit roundoff of f64. */
export const unit64 = 2 ** -53
/** The largest finite f32. */
export const largest = (2 - 2 ** -23) * 2 ** 127
/** The smallest positive f32: what an underflow can lose. */
export const least = 2 ** -149
/**
 * Factor on every bound: covers the few f64 roundings that a value and its bound are made of, each 2^-29 of an f32 rounding, of which
 * a rule counts one or more wherever f64 rounds.
 */
export const slack = 1 + 2 ** -20

/** Distance of two values; 0 where they are the same, infinite ones and NaN too. */
export const gap = (a: number, b: number): number => (a === b || (a !== a && b !== b) ? 0 : Math.abs(a - b))

/** Whether a − b is more than `margin` in exact arithmetic. */
export const beyond = (a: number, b: number, margin: number): boolean => a - b > margin * slack

/**
 * Error of a correctly rounded result: its arguments' `drift` plus half a unit of the f32 value, which may be `drift` away from `v`.
 * A 0 that no error reaches is exact.
 */
export const rounded = (v: number, drift: number, underflow = 0): number =>
  v === 0 && drift === 0 ? 0 : drift + unit * (Math.abs(v) + drift) + underflow

/** One element: its f64 value, then value and error of each argument. */
type Element = (
  v: number,
  a: number,
  ea: number,
  b: number,
  eb: number,
  c: number,
  ec: number,
  d: number,
  ed: number,
) => number

/** An error rule that goes element by element. */
export const elementwise =
  (f: Element): ErrorBound =>
  ([a, b, c, d], _e, value) => {
    const out = new Float64Array(value.length)
    for (let i = 0; i < out.length; i++)
      out[i] = f(
        value[i]!,
        a?.value[i] ?? 0,
        a?.error[i] ?? 0,
        b?.value[i] ?? 0,
        b?.error[i] ?? 0,
        c?.value[i] ?? 0,
        c?.error[i] ?? 0,
        d?.value[i] ?? 0,
        d?.error[i] ?? 0,
      )
    return out
  }

/** An operation of one or two arguments that is rounded once: exact arguments give the f64 value rounded, nothing else. */
export const roundedOnce = (
  drift: (v: number, a: number, ea: number, b: number, eb: number) => number,
  underflow = 0,
): ErrorBound =>
  elementwise((v, a, ea, b, eb) =>
    ea === 0 && eb === 0 ? gap(Math.fround(v), v) : rounded(v, drift(v, a, ea, b, eb), underflow),
  )

/** A sum of two: an exact infinity stays one whatever finite is added. */
export const addedOnce: ErrorBound = elementwise((v, a, ea, b, eb) => {
  if (ea === 0 && eb === 0) return gap(Math.fround(v), v)
  const kept = (x: number, ex: number, y: number, ey: number): boolean =>
    Math.abs(x) === Number.POSITIVE_INFINITY && ex === 0 && Number.isFinite(y) && Number.isFinite(ey)
  return kept(a, ea, b, eb) || kept(b, eb, a, ea) ? 0 : rounded(v, ea + eb)
})

/**
 * A function of our own whose f32 result is within `n` units in the last place of the true value, which is at most `drift` away from
 * `v` while the argument moves by its error. A unit is at most 2^-23 of the value, and 2^-149 for the smallest.
 */
export const ulps = (n: number, v: number, drift: number): number =>
  drift + n * (2 * unit * (Math.abs(v) + drift) + least)

/** The primitive's own reference in f64 on other arguments. */
export const applied = (e: Expr, args: readonly Vector[], size: number): Float64Array => {
  const out = new Float64Array(size)
  e.op.reference(args, out, e, (x) => x)
  return out
}

/** How large the f32 values of an argument can be. */
export const magnitudes = ({ value, error }: Bounded): Float64Array => error.map((err, i) => Math.abs(value[i]!) + err)

/** The upper (1) or lower (-1) ends of the intervals that an argument's f32 values are in. */
export const ends = ({ value, error }: Bounded, sign: 1 | -1): Float64Array =>
  error.map((err, i) => (err === Number.POSITIVE_INFINITY ? sign * err : value[i]! + sign * err))

/** Maxima lie between those of the lower ends and those of the upper ends. */
export const betweenEnds: ErrorBound = ([x], e, value) => {
  if (x === undefined) return new Float64Array(value.length)
  const [low, high] = [applied(e, [ends(x, -1)], value.length), applied(e, [ends(x, 1)], value.length)]
  return low.map((l, i) => Math.max(gap(l, value[i]!), gap(high[i]!, value[i]!)))
}

/** No error: results that are exact whatever the arguments are. */
export const exact: ErrorBound = (_args, _e, value) => new Float64Array(value.length)

/** Values that are moved and not computed: their errors move with them. Indices have none. */
export const moved: ErrorBound = (args, e, value) =>
  e.dtype === 'f32'
    ? applied(
        e,
        args.map((a, i) => (e.args[i]?.dtype === 'i32' ? a.value : a.error)),
        value.length,
      )
    : new Float64Array(value.length)

/** Results that differ by no more than the argument: the error of the first argument. */
export const passed: ErrorBound = ([a], _e, value) => a?.error.slice() ?? new Float64Array(value.length)

/**
 * What the reference rounds on the way to each element: the sum of the magnitudes. A reference stores a partial sum or the finished one
 * after rounding it, so what was rounded since the last store belongs to the element that is stored.
 */
const roundedOnTheWay = (e: Expr, args: readonly Vector[], size: number): Float64Array => {
  const total = new Float64Array(size)
  let pending = 0
  const watched = new Proxy(new Float64Array(size), {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name, target)
      return typeof found === 'function' ? (found.bind(target) as unknown) : found
    },
    set: (target, name, value: number) => {
      const i = Number(name)
      target[i] = value
      total[i]! += pending
      pending = 0
      return true
    },
  })
  e.op.reference(args, watched, e, (x) => {
    pending += Math.abs(x)
    return x
  })
  return total
}

/**
 * A chain of `n` additions whose terms are together `drift` off, with `sizes` the magnitudes of all values rounded on the way:
 * E ≤ drift + u·(sizes + n·E), since every value rounded in f32 is at most E away from the one in f64 (Higham 2002, section 3.3).
 */
const chained = (n: number, drift: number, sizes: number, underflow: number): number => {
  if (sizes === 0 && drift === 0) return 0
  return n * unit < 1 ? (drift + unit * sizes + underflow) / (1 - n * unit) : Number.POSITIVE_INFINITY
}

const values = (args: readonly (Bounded | undefined)[]): readonly Vector[] => args.flatMap((a) => a?.value ?? [])

/** Sums in f32, one term after another from +0. The number of terms of each is what the reference makes of ones. */
export const addedInTurn: ErrorBound = ([x, ...others], e, value) => {
  if (x === undefined) return new Float64Array(value.length)
  const sums = (terms: Vector): Float64Array => applied(e, [terms, ...values(others)], value.length)
  const [counts, drift] = [sums(x.error.map(() => 1)), sums(x.error)]
  const sizes = roundedOnTheWay(e, values([x, ...others]), value.length)
  // a single term is added to +0, which is exact
  return drift.map((d, i) => (counts[i]! <= 1 ? d : chained(counts[i]!, d, sizes[i]!, 0)))
}

/**
 * Sums in f64 of which only the result is rounded to f32: an exact argument gives the f64 value rounded; else both evaluations round in
 * f64, at most once for each term.
 */
export const addedWide: ErrorBound = ([x], e, value) => {
  if (x === undefined) return new Float64Array(value.length)
  const sums = (terms: Vector): Float64Array => applied(e, [terms], value.length)
  const [sizes, counts, drift] = [magnitudes(x), x.error.map(() => 1), x.error].map(sums)
  return drift!.map((d, i) => {
    const v = value[i]!
    return d === 0 ? gap(Math.fround(v), v) : rounded(v, d + 2 * counts![i]! * unit64 * sizes![i]!)
  })
}

/**
 * Sums of products in f32, from `init` or +0, each product and each sum rounded. The errors of the factors make
 * Σ |a||δb| + |δa|(|b| + |δb|), and each product is rounded before it is added.
 */
export const productsAdded: ErrorBound = ([a, b, init], e, value) => {
  if (a === undefined || b === undefined) return new Float64Array(value.length)
  const sums = (x: Vector, y: Vector, z: Vector | undefined): Float64Array =>
    applied(e, z === undefined ? [x, y] : [x, y, z], value.length)
  const ones = (x: Bounded): Float64Array => x.error.map(() => 1)
  const counts = sums(ones(a), ones(b), init && ones(init))
  const first = sums(a.error, magnitudes(b), init?.error)
  const second = sums(
    Float64Array.from(a.value, Math.abs),
    b.error,
    init?.error.map(() => 0),
  )
  const sizes = roundedOnTheWay(e, values([a, b, init]), value.length)
  return sizes.map((size, i) => {
    const n = counts[i]!
    // products are rounded too: two roundings a term
    return chained(2 * n, (first[i]! + second[i]!) * (1 + unit), size, n * least)
  })
}
