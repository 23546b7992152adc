/**
 * Odd functions in f32, from what they are on a range of positive numbers: the sign is put back by a selection, so `f(-a)` is `-f(a)`
 * to the bit, and nothing computed on the way is a denormal number.
 */
import type { Expr } from '../expr.js'
import { abs } from './abs.js'
import { literal } from './leaf.js'
import { negate } from './negate.js'
import { selectGreater } from './selectGreater.js'
import { broadcast } from './sumBroadcast.js'

/** `f` on `[tiny, far]`; `near` below `tiny`, which must keep −0 and NaN; beyond `far` what `f` is there. */
export interface OddFunction {
  readonly tiny: number
  readonly far: number
  readonly near: (a: Expr) => Expr
  readonly f: (x: Expr) => Expr
}

/** See above. */
export const odd = (a: Expr, { tiny, far, near, f }: OddFunction): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), a.shape)
  const size = abs(a)
  const x = selectGreater(size, c(tiny), size, c(tiny))
  const y = f(selectGreater(x, c(far), c(far), x))
  return selectGreater(size, c(tiny), selectGreater(c(0), a, negate(y), y), near(a))
}
