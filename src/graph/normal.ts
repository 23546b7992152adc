/** Standard normal numbers from uniform ones, by the inverse of the error function. */
import type { Expr } from './expr.js'
import { add } from './primitives/add.js'
import { horner } from './primitives/horner.js'
import { literal } from './primitives/leaf.js'
import { log } from './primitives/log.js'
import { multiply } from './primitives/multiply.js'
import { negate } from './primitives/negate.js'
import { random } from './primitives/random.js'
import { selectGreater } from './primitives/selectGreater.js'
import { sqrt } from './primitives/sqrt.js'
import { subtract } from './primitives/subtract.js'
import { broadcast } from './primitives/sumBroadcast.js'
import type { Shape } from './shape.js'

const central = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
]
const tail = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
]

/**
 * `Φ⁻¹(u + 2^-25)` for uniforms `u` of `random`: they stand for the middle of their interval of 2^-24, so that 0 is not drawn and the
 * result is finite. The argument of the inverse error function, `2u − 1 + 2^-24`, is exact, so `u` and `1 − 2^-24 − u` give opposite
 * numbers to the bit. Giles 2012, "Approximating the erfinv function", single precision, table 5.
 */
export const normalOf = (u: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), u.shape)
  const half = subtract(u, c(0.5))
  const x = add(add(half, half), c(2 ** -24))
  const w = negate(log(multiply(subtract(c(1), x), add(c(1), x))))
  const p = selectGreater(c(5), w, horner(central, subtract(w, c(2.5))), horner(tail, subtract(sqrt(w), c(3))))
  return multiply(multiply(p, x), c(Math.SQRT2))
}

/**
 * Standard normal numbers of `shape` from one uniform each (see `random` for `key` and `label`), within ±5.42. No derivative: scale and
 * shift them to reparameterise.
 */
export const normal = (key: Expr, label: string, shape: Shape): Expr => normalOf(random(key, label, shape))
