/** `a = b ? c : d`, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { zerosLike } from './sumBroadcast.js'

export const selectEqualPrimitive = lanePrimitive({
  name: 'selectEqual',
  arity: 4,
  element: () => (a, b, c, d) => (a === b ? c : d),
  vjp: (ct, { args: [a, b] }) => {
    if (a === undefined || b === undefined) return []
    const zero = zerosLike(ct)
    return [null, null, selectEqual(a, b, ct, zero), selectEqual(a, b, zero, ct)]
  },
  sample: (key) => sampleLane((...[a, b, c, d]) => selectEqual(a!, b!, c!, d!), 4)(key),
})

/** `a = b ? c : d`; NaN is equal to nothing. All of one shape. No derivative in `a` and `b`. */
export const selectEqual = (a: Expr, b: Expr, c: Expr, d: Expr): Expr => lane(selectEqualPrimitive, [a, b, c, d])
