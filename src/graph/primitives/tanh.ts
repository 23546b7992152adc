/**
 * The hyperbolic tangent: our own formulas in f32, so that its bits are the same everywhere.
 * `a + a³ P(a²)` below 5/8, as Cephes `tanhf` (Moshier 1989) with coefficients of our own (minimax, relative), and
 * `1 − 2/(e^2a + 1)` above; 1 from 9.1 on, where nothing else is nearer.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { divide } from './divide.js'
import { expWithin } from './exp.js'
import { horner } from './horner.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { multiply } from './multiply.js'
import { odd } from './odd.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'
import { elementwise, ulps } from './rounding.js'

const coefficients = [
  -0.0056922961957752705, 0.02062816731631756, -0.05373651534318924, 0.13331405818462372, -0.3333328068256378,
]

const positive = (x: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const z = multiply(x, x)
  const low = add(multiply(multiply(horner(coefficients, z), z), x), x)
  const high = subtract(c(1), divide(c(2), add(expWithin(add(x, x)), c(1))))
  return selectGreater(x, c(0.625), high, low)
}

export const tanhPrimitive = lanePrimitive({
  name: 'tanh',
  arity: 1,
  element: () => Math.tanh,
  expand: ({ args: [a = literal(0)] }) => odd(a, { tiny: 2 ** -14, far: 9.1, near: (x) => x, f: positive }),
  vjp: (ct, y) => [multiply(ct, subtract(broadcast(literal(1), y.shape), multiply(y, y)))],
  // the slope is largest where the argument may be nearest to 0
  error: elementwise((v, a, ea) => {
    const t = Math.tanh(Math.max(0, Math.abs(a) - ea))
    return ulps(1.4, v, ea * (1 - t * t))
  }),
  sample: (key) => sampleLane((...[a]) => tanh(a!), 1)(key),
})

/** `tanh a`, within 1.4 units in the last place of f32, odd to the bit and never falling (all of them were tried). NaN passes. */
export const tanh = (a: Expr): Expr => lane(tanhPrimitive, [a])
