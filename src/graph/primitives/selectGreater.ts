/** `a > b ? c : d`, element by element: comparison and choice are one operation, so the graph needs no booleans. */
import type { Expr } from '../expr.js'
import { zerosLike } from './sumBroadcast.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { beyond, elementwise, gap } from './rounding.js'

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
  promise: (e, [a, b]) => ({ ...e, args: [a, b, e.args[2], e.args[3]].flatMap((x) => x ?? []) }),
  // where the comparison is not decided, either may be chosen
  error: elementwise((v, a, ea, b, eb, c, ec, d, ed) => {
    const margin = ea + eb
    if (margin === 0) return a > b ? ec : ed
    if (beyond(a, b, margin)) return ec
    return beyond(b, a, margin) ? ed : Math.max(gap(c, v) + ec, gap(d, v) + ed)
  }),
  sample: (key) => sampleLane((...[a, b, c, d]) => selectGreater(a!, b!, c!, d!), 4)(key),
})

/** `a > b ? c : d`; a NaN in `a` or `b` chooses `d`. All of one shape. No derivative in `a` and `b`. */
export const selectGreater = (a: Expr, b: Expr, c: Expr, d: Expr): Expr => lane(selectGreaterPrimitive, [a, b, c, d])
