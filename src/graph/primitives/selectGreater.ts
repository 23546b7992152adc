/** `a > b ? c : d`, element by element: comparison and choice are one operation, so the graph needs no booleans. */
import type { Expr } from '../expr.js'
import { zerosLike } from './sumBroadcast.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'

export const selectGreaterPrimitive = lanePrimitive({
  name: 'selectGreater',
  arity: 4,
  element: () => (a, b, c, d) => (a > b ? c : d),
  vjp: (ct, e) => {
    const [a, b] = e.args
    if (a === undefined || b === undefined) return []
    const zero = zerosLike(ct)
    return [null, null, selectGreater(a, b, ct, zero), selectGreater(a, b, zero, ct)]
  },
  sample: (key) => sampleLane((...[a, b, c, d]) => selectGreater(a!, b!, c!, d!), 4)(key),
})

/** `a > b ? c : d`; a NaN in `a` or `b` chooses `d`. All of one shape. No derivative in `a` and `b`. */
export const selectGreater = (a: Expr, b: Expr, c: Expr, d: Expr): Expr => lane(selectGreaterPrimitive, [a, b, c, d])
