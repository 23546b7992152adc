/** Swish: Ramachandran, Zoph & Le 2017 (arXiv:1710.05941), equation 1. */
import type { Expr } from '../../graph/expr.js'
import { mul, sigmoid } from '../../graph/ops.js'
import { assertArgument, assertOptions, finite, optional } from '../../graph/options.js'
import type { LayerOf } from '../layer.js'
import { onePer, type Per, perRule } from './per.js'

/** `x·σ(beta·x)`; `beta` is a scalar or one for each unit `[units]`. */
export const swish = (x: Expr, beta: Expr | number = 1): Expr => {
  if (typeof beta === 'number') assertArgument('swish', 'beta', beta, finite)
  return mul(x, sigmoid(mul(beta, x)))
}

/** How a Swish learns. */
export interface SwishOptions {
  /** One β for the layer, or one for each unit (channel); `'layer'` when absent. */
  readonly per?: Per
  /** First value of β; 1 when absent. */
  readonly beta?: number
}

/** Swish with learned `beta`, `[1]` or `[units]`. Keeps the shape. */
export const swishLayer = (options: SwishOptions = {}): LayerOf => {
  assertOptions('swishLayer', options, { per: optional(perRule), beta: optional(finite) })
  const { per = 'layer', beta = 1 } = options
  return onePer('swish', 'beta', per, beta, swish)
}
