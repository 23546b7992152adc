/** Kullback-Leibler divergence of Gaussians with diagonal covariance. */
import type { Expr } from '../../graph/expr.js'
import { add, exp, mul, neg, square, sub, sum } from '../../graph/ops.js'
import { assertShape, fits, sameShape } from '../../graph/shape.js'

/** Means and logarithms of variances, of one shape: `[n, latents]`, or `[latents]` for all rows. */
export interface DiagonalGaussian {
  readonly mean: Expr
  readonly logVariance: Expr
}

/**
 * `KL(q ‖ p)` in nats for each row, added up over the latents: `[n]`. `q` is `[n, latents]`; `p` too, or one row for all; absent, it
 * is the standard normal: `½ Σ (μ² + σ² − ln σ² − 1)`, Kingma & Welling 2014 (arXiv:1312.6114), appendix B. With `p`:
 * `½ Σ (ln σp² − ln σq² + (σq² + (μq − μp)²)/σp² − 1)`.
 */
export const gaussianDivergence = (q: DiagonalGaussian, p?: DiagonalGaussian): Expr => {
  const shapes = [q, ...(p === undefined ? [] : [p])].flatMap((g) => [g.mean.shape, g.logVariance.shape])
  assertShape(
    q.mean.shape.length === 2 &&
      sameShape(q.mean.shape, q.logVariance.shape) &&
      shapes.every((s) => fits(s, q.mean.shape) || sameShape(s, q.mean.shape)),
    'gaussianDivergence',
    'means and logarithms of variances [n, latents], those of the second also [latents]',
    ...shapes,
  )
  if (p === undefined) return mul(0.5, sum(sub(add(square(q.mean), sub(exp(q.logVariance), q.logVariance)), 1), 1))
  const precision = exp(neg(p.logVariance))
  const spread = mul(add(exp(q.logVariance), square(sub(q.mean, p.mean))), precision)
  return mul(0.5, sum(sub(add(spread, sub(p.logVariance, q.logVariance)), 1), 1))
}
