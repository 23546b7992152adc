/** `-a`, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { passed } from './rounding.js'

export const negatePrimitive = lanePrimitive({
  name: 'negate',
  arity: 1,
  element: () => (a) => -a,
  vjp: (ct) => [negate(ct)],
  error: passed,
  sample: (key) => sampleLane((...[a]) => negate(a!), 1)(key),
})

/** `-a`. */
export const negate = (a: Expr): Expr => lane(negatePrimitive, [a])
