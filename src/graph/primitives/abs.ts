/** Absolute value, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { negate } from './negate.js'
import { selectGreater } from './selectGreater.js'
import { zerosLike } from './sumBroadcast.js'
import { passed } from './rounding.js'

export const absPrimitive = lanePrimitive({
  name: 'abs',
  arity: 1,
  element: () => Math.abs,
  vjp: (ct, { args: [a] }) => (a === undefined ? [] : [selectGreater(a, zerosLike(a), ct, negate(ct))]),
  promise: ({ args: [a] }, [base]) =>
    a === undefined || base === undefined ? literal(0) : selectGreater(base, zerosLike(a), a, negate(a)),
  error: passed,
  sample: (key) => sampleLane((...[a]) => abs(a!), 1)(key),
})

/** `|a|`. At 0 the derivative is −1. */
export const abs = (a: Expr): Expr => lane(absPrimitive, [a])
