/** Largest integer not above, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { elementwise, gap } from './rounding.js'

export const floorPrimitive = lanePrimitive({
  name: 'floor',
  arity: 1,
  element: () => Math.floor,
  vjp: () => [null],
  promise: (e, base) => ({ ...e, args: base }),
  error: elementwise((v, a, ea) => Math.max(gap(Math.floor(a + ea), v), gap(Math.floor(a - ea), v))),
  sample: (key) => sampleLane((...[a]) => floor(a!), 1)(key),
})

/** `⌊a⌋`; its derivative is zero. */
export const floor = (a: Expr): Expr => lane(floorPrimitive, [a])
