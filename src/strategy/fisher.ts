import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import {
  add,
  exp,
  flush,
  literal,
  maximum,
  mul,
  neg,
  selectEqual,
  selectGreater,
  square,
  stop,
  sub,
  sum,
} from '../graph/ops.js'
import { perExampleSquares } from '../graph/perExample.js'
import { squareFloor } from '../graph/primitives/flush.js'
import type { Rowed } from './scope.js'
import { added } from './added.js'
import { labelOf } from './labelOf.js'

/** Which labels the squared gradients of -log p(y|x) are of. */
export type FisherLabels = 'exact' | 'sample' | 'predicted' | 'empirical' | 'weighted'

/** A loss per row and its weight, [n] each: the estimate is sum over terms and rows of weight (d loss / d params)^2. */
export interface FisherTerm {
  readonly loss: Expr
  readonly weight: Expr
}

/**
 * What an estimator of the Fisher information's diagonal sums. `exact`: every competing label, weighted by the model's own
 * probability of it; `sample`: one label drawn from the model; `predicted`: the most probable label, the first of equals;
 * `empirical`: the true label; `weighted`: the true label, each row weighted by the model's probability of it.
 * @param losses labels (i32 [n] or targets [n, outputs]) → loss per row [n]  @param outputs how many there are, and which compete  @param uniform [n], in [0, 1)
 * @source van de Ven 2025, "On the computation of the Fisher information in continual learning": exact, sample, empirical;
 * Buzzega et al. 2020 (code of DER, online EWC): weighted, which estimates neither the true nor the empirical Fisher information.
 */
export const fisherTerms = (
  labels: FisherLabels,
  losses: (labels: Expr) => Expr,
  rows: Rowed,
  outputs: { readonly count: number; readonly active: readonly number[] },
  uniform: Expr,
): readonly FisherTerm[] => {
  if (labels === 'empirical') return [{ loss: losses(rows.y), weight: rows.weights }]
  if (labels === 'weighted') {
    const loss = losses(rows.y)
    return [{ loss, weight: mul(stop(exp(neg(loss))), rows.weights) }]
  }
  const each = outputs.active.map((label) => {
    const loss = losses(labelOf(label, rows.n, outputs.count))
    return { loss, p: stop(exp(neg(loss))) }
  })
  if (labels === 'exact') return each.map(({ loss, p }) => ({ loss, weight: mul(p, rows.weights) }))
  const hits =
    labels === 'sample'
      ? sampled(
          each.map(({ p }) => p),
          uniform,
        )
      : first(each.map(({ p }) => p))
  return [{ loss: added(each.map(({ loss }, i) => mul(loss, hits[i] ?? 0))), weight: rows.weights }]
}

/** What squared gradients are made of: losses per row [n] of any labels, their mean over real rows, and the rest of `fisherTerms`. */
export interface FisherRows {
  readonly losses: (labels: Expr) => Expr
  readonly mean: (values: Expr) => Expr
  readonly rows: Rowed
  readonly outputs: { readonly count: number; readonly active: readonly number[] }
  readonly uniform: Expr
}

/**
 * Sum of squared gradients [P] over the rows of a batch, and how many squares that is: one per real row. `batched`: the square of the
 * mean gradient of the true labels over the batch, which is one square, and smaller than the mean of squares by about the rows it has.
 * @source `batched`: van de Ven 2025, which shows what it costs; common in code that squares the gradient of a mini-batch.
 */
export const fisherSum = (
  labels: FisherLabels | 'batched',
  params: Expr,
  { losses, mean, rows, outputs, uniform }: FisherRows,
): { readonly squares: Expr; readonly count: Expr } =>
  labels === 'batched'
    ? { squares: square(flush(grad(mean(losses(rows.y)), params), squareFloor)), count: literal(1) }
    : {
        squares: perExampleSquares(fisherTerms(labels, losses, rows, outputs, uniform), params),
        count: sum(rows.weights),
      }

/** 1 for the label whose stretch of the cumulated probabilities holds the uniform number; the last label takes what rounding leaves. */
const sampled = (p: readonly Expr[], uniform: Expr): readonly Expr[] => {
  const below: Expr[] = []
  let cumulated: Expr | undefined
  for (const q of p.slice(0, -1)) {
    cumulated = cumulated === undefined ? q : add(cumulated, q)
    below.push(selectGreater(cumulated, uniform, 1, 0))
  }
  const last = below.at(-1)
  return [
    ...below.map((hit, i) => (i === 0 ? hit : sub(hit, below[i - 1] ?? 0))),
    last === undefined ? selectGreater(2, uniform, 1, 0) : sub(1, last),
  ]
}

/** 1 for the first of the largest. */
const first = (p: readonly Expr[]): readonly Expr[] => {
  const largest = p.reduce((a, b) => maximum(a, b))
  let free: Expr | undefined
  return p.map((q) => {
    const hit: Expr = free === undefined ? selectEqual(q, largest, 1, 0) : mul(free, selectEqual(q, largest, 1, 0))
    free = free === undefined ? sub(1, hit) : sub(free, hit)
    return hit
  })
}
