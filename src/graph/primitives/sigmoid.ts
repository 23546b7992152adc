/**
 * The logistic function: `1/(1 + e^−a)` by the polynomial of `exp`. 0 below −87, as `exp`, so that no result is a denormal number;
 * NaN passes.
 */
import type { Expr } from '../expr.js'
import { abs } from './abs.js'
import { add } from './add.js'
import { divide } from './divide.js'
import { expWithin } from './exp.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { multiply } from './multiply.js'
import { negate } from './negate.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'
import { elementwise, ulps } from './rounding.js'

const expand = ({ args: [a = literal(0)] }: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), a.shape)
  // inside of what `exp` takes, and away from arguments whose square is a denormal number; there the result is 1/2
  const limited = selectGreater(c(-87), a, c(-87), selectGreater(a, c(87), c(87), a))
  const x = selectGreater(c(2 ** -26), abs(a), c(2 ** -26), limited)
  return selectGreater(c(-87), a, c(0), divide(c(1), add(expWithin(negate(x)), c(1))))
}

export const sigmoidPrimitive = lanePrimitive({
  name: 'sigmoid',
  arity: 1,
  element: () => (a) => 1 / (1 + Math.exp(-a)),
  expand,
  vjp: (ct, y) => [multiply(multiply(ct, y), subtract(broadcast(literal(1), y.shape), y))],
  // the slope is largest where the argument may be nearest to 0; below −87 the f32 value is 0
  error: elementwise((v, a, ea) => {
    const y = 1 / (1 + Math.exp(Math.max(0, Math.abs(a) - ea)))
    const near = ulps(2.5, v, ea * y * (1 - y))
    if (a + ea < -87) return v
    return a - ea < -87 ? Math.max(near, v) : near
  }),
  sample: (key) => sampleLane((...[a]) => sigmoid(a!), 1)(key),
})

/** `1/(1 + e^−a)`, within 2.5 units in the last place of f32 and never falling (all of them were tried); within 1.5 above 0. */
export const sigmoid = (a: Expr): Expr => lane(sigmoidPrimitive, [a])
