/** Square root, element by element; exactly rounded. */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { divide } from './divide.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'

export const sqrtPrimitive = lanePrimitive({
  name: 'sqrt',
  arity: 1,
  element: () => Math.sqrt,
  vjp: (ct, y) => [divide(ct, add(y, y))],
  sample: (key) => sampleLane((...[a]) => sqrt(a!), 1)(key),
})

/** `√a`; NaN below zero. */
export const sqrt = (a: Expr): Expr => lane(sqrtPrimitive, [a])
