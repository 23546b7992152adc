/** Square root, element by element; exactly rounded. */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { divide } from './divide.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { nonNegative } from './nonNegative.js'
import { roundedOnce } from './rounding.js'

export const sqrtPrimitive = lanePrimitive({
  name: 'sqrt',
  arity: 1,
  element: () => Math.sqrt,
  vjp: (ct, y) => [divide(ct, add(y, y))],
  positive: true,
  error: (args, e, value) => {
    const never = nonNegative(e.args[0])
    return roundedOnce((v, a, ea) => {
      if (a >= ea) return ea / (v + Math.sqrt(a - ea))
      // |√x − √a| ≤ √|x − a| where both are there
      return never ? Math.sqrt(ea) : Number.POSITIVE_INFINITY
    })(args, e, value)
  },
  sample: (key) => sampleLane((...[a]) => sqrt(a!), 1)(key),
})

/** `√a`; NaN below zero. */
export const sqrt = (a: Expr): Expr => lane(sqrtPrimitive, [a])
