/** The rectifier, element by element. Its derivative is told by the result, so the argument's memory is free as soon as it is there. */
import type { Expr } from '../expr.js'
import { literal } from './leaf.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { selectGreater } from './selectGreater.js'
import { zerosLike } from './sumBroadcast.js'
import { elementwise } from './rounding.js'

export const reluPrimitive = lanePrimitive({
  name: 'relu',
  arity: 1,
  element: () => (a) => (a < 0 ? 0 : a),
  expand: (y) => {
    const a = y.args[0] ?? literal(0)
    return selectGreater(zerosLike(a), a, zerosLike(a), a)
  },
  vjp: (ct, y) => [selectGreater(y, zerosLike(y), ct, zerosLike(y))],
  promise: ({ args: [a] }, [base]) =>
    a === undefined || base === undefined ? literal(0) : selectGreater(base, zerosLike(a), a, zerosLike(a)),
  error: elementwise((v, a, ea) => Math.max(Math.max(0, a + ea) - v, v - Math.max(0, a - ea))),
  sample: (key) => sampleLane((...[a]) => relu(a!), 1)(key),
})

/** `a < 0 ? 0 : a`: keeps NaN, so that divergence is seen. The derivative at 0 is 0, as in every framework. */
export const relu = (a: Expr): Expr => lane(reluPrimitive, [a])
