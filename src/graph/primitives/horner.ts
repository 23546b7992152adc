/** Polynomials in f32. */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { literal } from './leaf.js'
import { multiply } from './multiply.js'
import { broadcast } from './sumBroadcast.js'

/** The polynomial with these coefficients, of the highest power first, by Horner's rule: each product and each sum is rounded. */
export const horner = (coefficients: readonly number[], x: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const [first = 0, ...rest] = coefficients
  return rest.reduce((acc, a) => add(multiply(acc, x), c(a)), c(first))
}
