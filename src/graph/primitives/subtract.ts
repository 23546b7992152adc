/** `a - b`, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { negate } from './negate.js'
import { addedOnce } from './rounding.js'

export const subtractPrimitive = lanePrimitive({
  name: 'subtract',
  arity: 2,
  element: () => (a, b) => a - b,
  vjp: (ct) => [ct, negate(ct)],
  error: addedOnce,
  sample: (key) => sampleLane((...[a, b]) => subtract(a!, b!), 2)(key),
})

/** `a - b` of one shape. */
export const subtract = (a: Expr, b: Expr): Expr => lane(subtractPrimitive, [a, b])
