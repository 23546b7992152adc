/** Losses per example, and their mean over real rows. */
import type { Expr } from '../graph/expr.js'
import { column, div, exp, log, maxLast, mul, neg, oneHot, selectGreater, stop, sub, sum } from '../graph/ops.js'
import { assertShape } from '../graph/shape.js'

/** What an output that is not active counts as: low enough that exp gives exactly 0, not so low that a sum overflows. */
export const inactiveLogit = -1e30

const masked = (logits: Expr, active: Expr | undefined): Expr =>
  active === undefined ? logits : selectGreater(active, 0.5, logits, inactiveLogit)

// The maximum only shifts; its derivative cancels, so none is taken.
const shifted = (logits: Expr, active: Expr | undefined): Expr => {
  const z = masked(logits, active)
  return sub(z, column(stop(maxLast(z))))
}

/** Logarithm of the softmax over the last axis, `[n, classes]`. `active` (0/1 per entry) leaves outputs out. */
export const logSoftmax = (logits: Expr, active?: Expr): Expr => {
  const z = shifted(logits, active)
  return sub(z, column(log(sum(exp(z), 1))))
}

/** Softmax over the last axis, `[n, classes]`; outputs that are not active get exactly 0. */
export const softmax = (logits: Expr, active?: Expr): Expr => {
  const e = exp(shifted(logits, active))
  return div(e, column(sum(e, 1)))
}

/**
 * Cross-entropy of each row in nats, `[n]`. `target` is class indices (i32 `[n]`) or probabilities (`[n, classes]`);
 * `active` (`[n, classes]`, 0/1) restricts the softmax, as task-incremental learning does.
 */
export const crossEntropy = (logits: Expr, target: Expr, active?: Expr): Expr => {
  assertShape(
    logits.shape.length === 2 && logits.shape[0] === target.shape[0],
    'crossEntropy',
    'logits [n, classes] and one target a row',
    logits.shape,
    target.shape,
  )
  const wanted = target.dtype === 'i32' ? oneHot(target, logits.shape[1] ?? 1) : target
  return neg(sum(mul(wanted, logSoftmax(logits, active)), 1))
}

/** `Σ w_n x_n / Σ w_n`, a scalar; rows of weight 0 at the end change no bit. Both `[n]`. */
export const weightedMean = (x: Expr, weights: Expr): Expr => div(sum(mul(x, weights)), sum(weights))
