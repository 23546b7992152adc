/** `a + b`, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { addedOnce } from './rounding.js'

export const addPrimitive = lanePrimitive({
  name: 'add',
  arity: 2,
  element: () => (a, b) => a + b,
  vjp: (ct) => [ct, ct],
  error: addedOnce,
  sample: (key) => sampleLane((...[a, b]) => add(a!, b!), 2)(key),
})

/** `a + b` of one shape. */
export const add = (a: Expr, b: Expr): Expr => lane(addPrimitive, [a, b])
