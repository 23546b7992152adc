/** The same value with no derivative. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive } from './lane.js'
import { input } from './leaf.js'
import { passed } from './rounding.js'

export const stopPrimitive = lanePrimitive({
  name: 'stop',
  arity: 1,
  element: () => (a) => a,
  vjp: () => [null],
  promise: (e, base) => ({ ...e, args: base }),
  declares: true,
  error: passed,
  sample: () => stop(input('a', [5])),
})

/** `a`, treated as a constant by `grad`. */
export const stop = (a: Expr): Expr => lane(stopPrimitive, [a])
