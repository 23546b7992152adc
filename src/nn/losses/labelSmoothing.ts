/** Label smoothing: Szegedy et al. 2016 (arXiv:1512.00567), section 7. */
import type { Expr } from '../../graph/expr.js'
import { add, broadcast, column, div, literal, mul, oneHot, sum } from '../../graph/ops.js'
import { assertOptions, expression, fraction, optional, wholeFrom } from '../../graph/options.js'
import { assertShape, sameShape } from '../../graph/shape.js'

/** How labels are smoothed. */
export interface LabelSmoothingOptions {
  readonly classes: number
  /** ε: the share of each label that is spread over all classes, its own among them. */
  readonly amount: number
  /** [n, classes], 0/1: only these classes get a share. Every row has one that is active. */
  readonly active?: Expr
}

/**
 * `(1 − ε)·target + ε/classes`, `[n, classes]`: targets for `crossEntropy`. `target` is class indices (i32 `[n]`) or probabilities
 * (`[n, classes]`). With `active`, ε is spread over the active classes of the row. Throws on an amount outside of 0 … 1.
 */
export const labelSmoothing = (target: Expr, options: LabelSmoothingOptions): Expr => {
  assertOptions('labelSmoothing', options, { classes: wholeFrom(1), amount: fraction, active: optional(expression) })
  const { classes, amount, active } = options
  const wanted = target.dtype === 'i32' ? oneHot(target, classes) : target
  assertShape(
    wanted.shape.length === 2 && wanted.shape[1] === classes && sameShape(active?.shape ?? wanted.shape, wanted.shape),
    'labelSmoothing',
    `probabilities [n, ${classes}] or class indices [n], and a mask of the same shape`,
    wanted.shape,
    active?.shape ?? wanted.shape,
  )
  const share =
    active === undefined
      ? broadcast(literal(amount / classes), wanted.shape)
      : mul(active, column(div(amount, sum(active, 1))))
  return add(mul(1 - amount, wanted), share)
}
