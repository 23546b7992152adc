/** Cross-entropy of independent yes-or-no outputs. */
import type { Expr } from '../../graph/expr.js'
import { abs, add, exp, log, mul, neg, relu, sub } from '../../graph/ops.js'
import { assertShape, sameShape } from '../../graph/shape.js'
import { type Over, overOutputs } from './over.js'

/**
 * `−t·ln σ(z) − (1 − t)·ln(1 − σ(z))` in nats, added up (or averaged) over the outputs of each row: logits z and targets t in 0 … 1,
 * both `[n, outputs]`, give `[n]`. Computed as `max(z, 0) − z·t + ln(1 + e^−|z|)`, which overflows for no finite logit; its derivative
 * in z is σ(z) − t.
 */
export const binaryCrossEntropy = (logits: Expr, target: Expr, over: Over): Expr => {
  assertShape(
    logits.shape.length === 2 && sameShape(logits.shape, target.shape),
    'binaryCrossEntropy',
    'logits and targets [n, outputs]',
    logits.shape,
    target.shape,
  )
  const each = add(sub(relu(logits), mul(logits, target)), log(add(1, exp(neg(abs(logits))))))
  return overOutputs('binaryCrossEntropy', each, over)
}
