/** The Gaussian error linear unit: Hendrycks & Gimpel 2016 (arXiv:1606.08415), in both of its forms. */
import type { Expr } from '../../graph/expr.js'
import { add, erf, mul, tanh } from '../../graph/ops.js'

/** `x·Φ(x) = x/2·(1 + erf(x/√2))`: the definition, section 2. */
export const gelu = (x: Expr): Expr => mul(0.5, x, add(1, erf(mul(Math.SQRT1_2, x))))

/** `x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))`: the approximation of section 2; at most 0.0005 from `gelu`. */
export const geluTanh = (x: Expr): Expr =>
  mul(0.5, x, add(1, tanh(mul(Math.sqrt(2 / Math.PI), add(x, mul(0.044715, x, x, x))))))
