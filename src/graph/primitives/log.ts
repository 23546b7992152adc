/**
 * The natural logarithm: our own polynomial in f32, so that its bits are the same everywhere.
 * Exponent and significand by bits, then the polynomial of degree 8 of Cephes `logf` (Moshier 1989).
 * −∞ at 0, NaN below 0, ∞ at ∞; denormal numbers are scaled first.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { divide } from './divide.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { exponent, mantissa } from './micro.js'
import { multiply } from './multiply.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'
import { elementwise, ulps } from './rounding.js'

const coefficients = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]

const expand = (e: Expr): Expr => {
  const a = e.args[0] ?? literal(1)
  const c = (value: number): Expr => broadcast(literal(value), a.shape)
  const tiny = c(2 ** -126)
  const x = selectGreater(tiny, a, multiply(a, c(2 ** 23)), a)
  const shift = selectGreater(tiny, a, c(-23), c(0))
  const m = mantissa(x)
  const large = (yes: Expr, no: Expr): Expr => selectGreater(m, c(1.41421356237), yes, no)
  const n = add(add(exponent(x), shift), large(c(1), c(0)))
  const f = subtract(large(multiply(m, c(0.5)), m), c(1))
  const z = multiply(f, f)
  const p = coefficients.slice(1).reduce((acc, k) => add(multiply(acc, f), c(k)), c(coefficients[0] ?? 0))
  const low = add(multiply(multiply(p, f), z), multiply(n, c(-2.1219444e-4)))
  const y = add(add(subtract(low, multiply(z, c(0.5))), f), multiply(n, c(0.693359375)))
  const positive = selectGreater(a, c(3.4028234663852886e38), a, y)
  return selectGreater(a, c(0), positive, selectGreater(c(0), a, c(Number.NaN), add(a, c(Number.NEGATIVE_INFINITY))))
}

export const logPrimitive = lanePrimitive({
  name: 'log',
  arity: 1,
  element: () => Math.log,
  expand,
  vjp: (ct, { args: [a] }) => (a === undefined ? [] : [divide(ct, a)]),
  positive: true,
  // the argument may move down to a − ea, where the logarithm is steepest
  error: elementwise((v, a, ea) => {
    if (ea === 0 && !(a > 0 && a < Number.POSITIVE_INFINITY)) return 0
    return a > ea ? ulps(2, v, ea === 0 ? 0 : -Math.log1p(-ea / a)) : Number.POSITIVE_INFINITY
  }),
  sample: (key) => sampleLane((...[a]) => log(a!), 1)(key),
})

/** `ln a`, within 2 units in the last place of f32. */
export const log = (a: Expr): Expr => lane(logPrimitive, [a])
