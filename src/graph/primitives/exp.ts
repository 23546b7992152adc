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

const coefficients = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
]

const expand = (e: Expr): Expr => {
  const x = e.args[0] ?? literal(0)
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const n = floor(add(multiply(x, c(1.44269504088896341)), c(0.5)))
  const r = subtract(subtract(x, multiply(n, c(0.693359375))), multiply(n, c(-2.1219444e-4)))
  const p = coefficients.slice(1).reduce((acc, a) => add(multiply(acc, r), c(a)), c(coefficients[0] ?? 0))
  const y = multiply(add(add(multiply(p, multiply(r, r)), r), c(1)), pow2(n))
  return selectGreater(c(-87), x, c(0), selectGreater(x, c(88), c(3.4028234663852886e38), y))
}

export const expPrimitive = lanePrimitive({
  name: 'exp',
  arity: 1,
  element: () => Math.exp,
  expand,
  vjp: (ct, y) => [multiply(ct, y)],
  sample: (key) => sampleLane((...[a]) => exp(a!), 1)(key),
})

/** `e^a`, within 2 units in the last place of f32. */
export const exp = (a: Expr): Expr => lane(expPrimitive, [a])
