/** The same value with no derivative. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive } from './lane.js'
import { input } from './leaf.js'

export const stopPrimitive = lanePrimitive({
  name: 'stop',
  arity: 1,
  element: () => (a) => a,
  vjp: () => [null],
  sample: () => stop(input('a', [5])),
})

/** `a`, treated as a constant by `grad`. */
export const stop = (a: Expr): Expr => lane(stopPrimitive, [a])
