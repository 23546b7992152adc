/** Clipping of each element of the gradient. */
import type { Expr } from '../graph/expr.js'
import { selectGreater } from '../graph/ops.js'
import { assertOptions, positive } from '../graph/options.js'
import type { Transform } from './transform.js'

/** `g > limit ? limit : g < −limit ? −limit : g`, element by element. NaN passes. */
export const clippedTo = (g: Expr, limit: number): Expr =>
  selectGreater(g, limit, limit, selectGreater(-limit, g, -limit, g))

/** `g ← g > c ? c : g < −c ? −c : g`, with c the `limit`. Elements within ±c keep their bits, NaN passes. Throws on a limit that is not above 0. */
export const clipByValue = (options: { readonly limit: number }): Transform => {
  assertOptions('clipByValue', options, { limit: positive })
  const { limit } = options
  return {
    name: 'clipByValue',
    slots: [],
    apply: ({ gradient: g }) => ({ gradient: clippedTo(g, limit) }),
  }
}
