/**
 * The exponential function: our own polynomial in f32, so that its bits are the same everywhere.
 * Range reduction by ln 2 in two parts, then the polynomial of degree 5 of Cephes `expf` (Moshier 1989).
 * 0 below −87, the largest finite f32 above 88; NaN passes.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { floor } from './floor.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { pow2 } from './micro.js'
import { multiply } from './multiply.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'
import { elementwise, gap, largest, ulps } from './rounding.js'

const coefficients = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]

/** `e^x` for x in −87..88, where the bits of 2^n are those of a normal number; anything outside. */
export const expWithin = (x: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const n = floor(add(multiply(x, c(1.44269504088896341)), c(0.5)))
  const r = subtract(subtract(x, multiply(n, c(0.693359375))), multiply(n, c(-2.1219444e-4)))
  const p = coefficients.slice(1).reduce((acc, a) => add(multiply(acc, r), c(a)), c(coefficients[0] ?? 0))
  return multiply(add(add(multiply(p, multiply(r, r)), r), c(1)), pow2(n))
}

const expand = (e: Expr): Expr => {
  const x = e.args[0] ?? literal(0)
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  return selectGreater(c(-87), x, c(0), selectGreater(x, c(88), c(3.4028234663852886e38), expWithin(x)))
}

export const expPrimitive = lanePrimitive({
  name: 'exp',
  arity: 1,
  element: () => Math.exp,
  expand,
  vjp: (ct, y) => [multiply(ct, y)],
  // within 2 ulp between the clamps; below −87 the f32 value is 0, above 88 the largest f32
  error: elementwise((v, a, ea) => {
    const near = ulps(2, v, ea === 0 ? 0 : v * Math.expm1(ea))
    const low = a - ea < -87 ? v : 0
    const high = a + ea > 88 ? gap(largest, v) : 0
    if (a + ea < -87) return low
    return a - ea > 88 ? high : Math.max(near, low, high)
  }),
  sample: (key) => sampleLane((...[a]) => exp(a!), 1)(key),
})

/** `e^a`, within 2 units in the last place of f32. */
export const exp = (a: Expr): Expr => lane(expPrimitive, [a])
