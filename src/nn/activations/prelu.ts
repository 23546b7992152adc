/** The parametric rectifier: He et al. 2015 (arXiv:1502.01852), equation 1. */
import type { Expr } from '../../graph/expr.js'
import { mul, selectGreater } from '../../graph/ops.js'
import { assertOptions, finite, optional } from '../../graph/options.js'
import type { LayerOf } from '../layer.js'
import { onePer, type Per, perRule } from './per.js'

/** `x > 0 ? x : slope·x`; `slope` is a scalar or one for each unit `[units]`. The derivative at 0 is `slope`. */
export const prelu = (x: Expr, slope: Expr): Expr => selectGreater(x, 0, x, mul(slope, x))

/** How a parametric rectifier learns. */
export interface PreluOptions {
  /** One slope for the layer, or one for each unit (channel); `'layer'` when absent. */
  readonly per?: Per
  /** First value of the slope; 0.25 when absent, as in the paper. */
  readonly slope?: number
}

/** The rectifier with learned `slope`, `[1]` or `[units]`. Keeps the shape. */
export const preluLayer = (options: PreluOptions = {}): LayerOf => {
  assertOptions('preluLayer', options, { per: optional(perRule), slope: optional(finite) })
  const { per = 'layer', slope = 0.25 } = options
  return onePer('prelu', 'slope', per, slope, prelu)
}
