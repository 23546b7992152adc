/** The Heaviside step, and the derivatives that may be declared for it. */
import type { Expr } from '../../graph/expr.js'
import {
  abs,
  add,
  div,
  mul,
  selectEqual,
  selectGreater,
  sigmoid,
  step as stepOf,
  stop,
  surrogate,
} from '../../graph/ops.js'
import { assertArgument, positive } from '../../graph/options.js'

/** A function of which the derivative of `step` is taken, in place of its own, which is 0. */
export type Surrogate = (x: Expr) => Expr

/**
 * `x > 0 ? 1 : 0`; NaN passes. Without a `surrogate` no gradient flows; with one, it is the derivative of `surrogate(x)`: declared in
 * the graph, so gradient checks hold the code to it. Neftci, Mostafa & Zenke 2019 (arXiv:1901.09948).
 */
export const step = (x: Expr, declared?: Surrogate): Expr => {
  const fired = selectEqual(x, x, stepOf(x), stop(x))
  return declared === undefined ? fired : surrogate(fired, declared(x))
}

/** `x / (1 + slope·|x|)`, derivative `1/(1 + slope·|x|)²`: SuperSpike, Zenke & Ganguli 2018 (arXiv:1705.11146), equation 5. */
export const fastSigmoid = (slope: number): Surrogate => {
  assertArgument('fastSigmoid', 'slope', slope, positive)
  return (x) => div(x, add(1, mul(slope, abs(x))))
}

/** `σ(slope·x)`, derivative `slope·σ·(1 − σ)`. */
export const logisticSurrogate = (slope: number): Surrogate => {
  assertArgument('logisticSurrogate', 'slope', slope, positive)
  return (x) => sigmoid(mul(slope, x))
}

/** `x` inside of ±1, no derivative outside: the straight-through estimator with saturation of Hubara et al. 2016 (arXiv:1602.02830), equation 4. */
export const straightThrough: Surrogate = (x) => selectGreater(x, 1, 1, selectGreater(-1, x, -1, x))
