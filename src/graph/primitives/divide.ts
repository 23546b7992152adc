/** `a / b`, element by element; never rewritten as a product with 1/b, which has other bits. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { multiply } from './multiply.js'
import { negate } from './negate.js'
import { least, roundedOnce } from './rounding.js'

export const dividePrimitive = lanePrimitive({
  name: 'divide',
  arity: 2,
  element: () => (a, b) => a / b,
  vjp: (ct, y) => {
    const b = y.args[1]
    if (b === undefined) return []
    const q = divide(ct, b)
    return [q, multiply(negate(q), y)]
  },
  positive: true,
  // (a + δa)/(b + δb) − a/b = (δa − v δb)/(b + δb); a divisor that may be 0 has no bound
  error: roundedOnce(
    (v, _a, ea, b, eb) => (Math.abs(b) > eb ? (ea + Math.abs(v) * eb) / (Math.abs(b) - eb) : Number.POSITIVE_INFINITY),
    least,
  ),
  sample: (key) => sampleLane((...[a, b]) => divide(a!, b!), 2)(key),
})

/** `a / b` of one shape. */
export const divide = (a: Expr, b: Expr): Expr => lane(dividePrimitive, [a, b])
