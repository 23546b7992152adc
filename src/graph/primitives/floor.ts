/** Largest integer not above, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'

export const floorPrimitive = lanePrimitive({
  name: 'floor',
  arity: 1,
  element: () => Math.floor,
  vjp: () => [null],
  sample: (key) => sampleLane((...[a]) => floor(a!), 1)(key),
})

/** `⌊a⌋`; its derivative is zero. */
export const floor = (a: Expr): Expr => lane(floorPrimitive, [a])
