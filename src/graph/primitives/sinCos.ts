/**
 * Sine and cosine: our own polynomials in f32, so that their bits are the same everywhere. Each is the other's derivative, hence one file.
 * The nearest quarter turn is taken away in four parts of π/2 (12, 12, 12 and 24 bits), where Cephes `sinf` (Moshier 1989) has three, so
 * that results near 0 are as good as others; then the polynomials of Cephes. Beyond 4096 quarter turns the value is that at the end of
 * the range: finite, and no longer the function.
 */
import type { Expr } from '../expr.js'
import { abs } from './abs.js'
import { add } from './add.js'
import { floor } from './floor.js'
import { horner } from './horner.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { multiply } from './multiply.js'
import { negate } from './negate.js'
import { odd } from './odd.js'
import { elementwise, ulps } from './rounding.js'
import { selectEqual } from './selectEqual.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'

const quarterTurn = [1.5703125, 4.837512969970703e-4, 7.549533620476723e-8, 2.5633440682570896e-12]
const sine = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]
const cosine = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2]

/** Up to here the parts times the number of quarter turns are exact. */
const far = 6433
const tiny = 2 ** -14

/** The sine of `x` in `[tiny, far]` plus some quarter turns. */
const turned = (x: Expr, turns: 0 | 1): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const n = floor(add(multiply(x, c(2 / Math.PI)), c(0.5)))
  const r = quarterTurn.reduce((rest, part) => subtract(rest, multiply(n, c(part))), x)
  const z = multiply(r, r)
  const even = add(multiply(multiply(horner(sine, z), z), r), r)
  const uneven = add(subtract(multiply(multiply(horner(cosine, z), z), z), multiply(z, c(0.5))), c(1))
  const quarter = turns === 0 ? n : add(n, c(turns))
  const rest = (of: Expr, by: number): Expr => subtract(of, multiply(floor(multiply(of, c(1 / by))), c(by)))
  const y = selectGreater(rest(quarter, 2), c(0.5), uneven, even)
  return selectGreater(rest(quarter, 4), c(1.5), negate(y), y)
}

const expandCos = ({ args: [a = literal(0)] }: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), a.shape)
  const size = abs(a)
  const x = selectGreater(size, c(tiny), selectGreater(size, c(far), c(far), size), c(tiny))
  return selectEqual(a, a, turned(x, 1), a)
}

/**
 * Error of a sine or cosine whose derivative at `a` is `slope` up to the sign: |f(a + e) − f(a)| ≤ |f'(a)||e| + e²/2. Farther out, any in
 * ±1; at infinities the f64 value is NaN, and nothing is known of the distance.
 */
const waving = (v: number, a: number, ea: number, slope: number): number =>
  Math.abs(a) + ea > far
    ? Number.isNaN(v)
      ? Number.POSITIVE_INFINITY
      : 1 + Math.abs(v)
    : ulps(2.4, v, Math.min(Math.abs(slope) * ea + (ea * ea) / 2, 2))

export const sinPrimitive = lanePrimitive({
  name: 'sin',
  arity: 1,
  element: () => Math.sin,
  expand: ({ args: [a = literal(0)] }) => odd(a, { tiny, far, near: (x) => x, f: (x) => turned(x, 0) }),
  vjp: (ct, { args: [a] }) => (a === undefined ? [] : [multiply(ct, cos(a))]),
  error: elementwise((v, a, ea) => waving(v, a, ea, Math.cos(a))),
  sample: (key) => sampleLane((...[a]) => sin(a!), 1)(key),
})

export const cosPrimitive = lanePrimitive({
  name: 'cos',
  arity: 1,
  element: () => Math.cos,
  expand: expandCos,
  vjp: (ct, { args: [a] }) => (a === undefined ? [] : [negate(multiply(ct, sin(a)))]),
  error: elementwise((v, a, ea) => waving(v, a, ea, Math.sin(a))),
  sample: (key) => sampleLane((...[a]) => cos(a!), 1)(key),
})

/**
 * The sine of `a` radians, odd to the bit: within 2.4 units in the last place of f32 for every `a` in ±6433 (all of them were tried).
 * Farther out, infinities included, it is the sine of the nearer end. NaN passes.
 */
export const sin = (a: Expr): Expr => lane(sinPrimitive, [a])
/**
 * The cosine of `a` radians, even to the bit: within 2.4 units in the last place of f32 for every `a` in ±6433 (all of them were tried).
 * Farther out, infinities included, it is the cosine of the end. NaN passes.
 */
export const cos = (a: Expr): Expr => lane(cosPrimitive, [a])
