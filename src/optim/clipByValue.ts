/** Clipping of each element of the gradient. */
import { selectGreater } from '../graph/ops.js'
import { assertOptions, positive } from '../graph/options.js'
import type { Transform } from './transform.js'

/** `g ← g > c ? c : g < −c ? −c : g`, with c the `limit`. Elements within ±c keep their bits, NaN passes. Throws on a limit that is not above 0. */
export const clipByValue = (options: { readonly limit: number }): Transform => {
  assertOptions('clipByValue', options, { limit: positive })
  const { limit } = options
  return {
    name: 'clipByValue',
    slots: [],
    apply: ({ gradient: g }) => ({ gradient: selectGreater(g, limit, limit, selectGreater(-limit, g, -limit, g)) }),
  }
}
