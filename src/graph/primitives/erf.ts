/**
 * The error function: our own polynomials in f32, so that its bits are the same everywhere.
 * `a + a P(a²)` below 15/16 and `1 − e^−Q(a)` above, with coefficients of our own (minimax, relative to the function); 1 from 4 on,
 * where nothing else is nearer. The form is that of N. Juffa's `erff`.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { exp, expWithin } from './exp.js'
import { horner } from './horner.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { multiply } from './multiply.js'
import { negate } from './negate.js'
import { odd } from './odd.js'
import { selectGreater } from './selectGreater.js'
import { subtract } from './subtract.js'
import { broadcast } from './sumBroadcast.js'
import { elementwise, ulps } from './rounding.js'

const slope = 2 / Math.sqrt(Math.PI)

const inner = [
  8.002774848137051e-5, -0.0008050804026424885, 0.0051924604922533035, -0.026855740696191788, 0.11283625662326813,
  -0.3761262893676758, 0.12837916612625122,
]
const outer = [
  -0.0001947718410519883, 0.0030317700002342463, -0.022181225940585136, 0.10383666306734085, 0.6372905969619751,
  1.1276111602783203, 0.00021131194080226123,
]

const positive = (x: Expr): Expr => {
  const c = (value: number): Expr => broadcast(literal(value), x.shape)
  const low = add(multiply(horner(inner, multiply(x, x)), x), x)
  const high = subtract(c(1), expWithin(negate(horner(outer, x))))
  return selectGreater(x, c(0.9375), high, low)
}

const near = (a: Expr): Expr => add(multiply(a, broadcast(literal(slope - 1), a.shape)), a)

/** In f64: `2/√π e^(−a²) Σ 2^n a^(2n+1) / (1·3·…·(2n+1))`, all terms of one sign (Abramowitz and Stegun 1964, 7.1.6). */
const element = (a: number): number => {
  if (!(Math.abs(a) < 6)) return a !== a ? a : Math.sign(a)
  let [sum, term] = [a, a]
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * a * a) / (2 * n + 1)
    sum += term
  }
  return slope * Math.exp(-a * a) * sum
}

export const erfPrimitive = lanePrimitive({
  name: 'erf',
  arity: 1,
  element: () => element,
  expand: ({ args: [a = literal(0)] }) => odd(a, { tiny: 2 ** -14, far: 4, near, f: positive }),
  vjp: (ct, { args: [a] }) => {
    if (a === undefined) return []
    const bell = exp(negate(multiply(a, a)))
    const times = (value: number): Expr => multiply(broadcast(literal(value), a.shape), bell)
    // a literal is an f32; in f64 the derivative needs what rounding takes from it
    return [multiply(ct, add(times(slope), times(slope - Math.fround(slope))))]
  },
  // the slope is largest where the argument may be nearest to 0
  error: elementwise((v, a, ea) => {
    const x = Math.max(0, Math.abs(a) - ea)
    return ulps(1.3, v, ea * slope * Math.exp(-x * x))
  }),
  sample: (key) => sampleLane((...[a]) => erf(a!), 1)(key),
})

/**
 * `2/√π ∫₀ᵃ e^(−t²) dt`, within 1.3 units in the last place of f32 (all of them were tried), odd to the bit; it rises but for steps of one
 * unit in the last place between 0.9 and 2. NaN passes.
 */
export const erf = (a: Expr): Expr => lane(erfPrimitive, [a])
