/**
 * The penalty that regularising methods share: strength sum_holds sum_i importance_i (theta_i - anchor_i)^2, as a term of the loss or
 * as a proximal step. Value and gradient of each hold vanish at its anchor.
 */
import type { Expr } from '../graph/expr.js'
import { add, div, literal, minimum, mul, type Num, selectGreater, square, sub, sum } from '../graph/ops.js'
import { added } from './added.js'
import type { Term } from './scope.js'

/** One penalty of the sum: its anchor [P] and importance, [P] or one number for all parameters. */
export interface Hold {
  readonly importance: Num
  readonly anchor: Expr
}

/** `explicit`: the penalty is a term of the loss; `proximal`: the exact minimiser of the penalty after each step. */
export type QuadraticStep = 'explicit' | 'proximal'

/** See above. */
export interface Quadratic {
  /** The term `penalty`; none without holds, and none when the step is proximal. */
  readonly terms: (params: Expr, holds: readonly Hold[]) => readonly Term[]
  /**
   * The minimiser p of |p - after|^2 / 2 + rate * penalty(p): a mean of `after` and the anchors, with weights 1 and
   * 2 rate strength importance. These stay below 2^60, so that no strength overflows: there a single anchor is met to the last bit, or,
   * if it is 0, to 2^-60 of `after`.
   * Nothing without holds, and when the step is explicit.
   */
  readonly commit: (after: Expr, holds: readonly Hold[], rate: number) => { readonly params?: Expr }
}

const strongest = 2 ** 60
const largest = (2 - 2 ** -23) * 2 ** 127

/** Weight of an anchor; `force` times the importance, where f32 can hold `force`, and otherwise the limit of that. */
const pull = (force: number, importance: Num): Expr =>
  force > largest ? selectGreater(importance, 0, strongest, 0) : minimum(mul(force, importance), strongest)

/** The penalty of this strength. A factor 1/2, where a method has one, is in `strength`. */
export const quadratic = (strength: number, step: QuadraticStep): Quadratic => ({
  terms: (params, holds) =>
    holds.length === 0 || step === 'proximal'
      ? []
      : [
          {
            name: 'penalty',
            value: mul(
              literal(strength),
              added(holds.map((h) => sum(mul(h.importance, square(sub(params, h.anchor)))))),
            ),
          },
        ],
  commit: (after, holds, rate) => {
    if (holds.length === 0 || step === 'explicit') return {}
    const force = 2 * rate * strength
    const pulls = holds.map((h) => pull(force, h.importance))
    const pulled = holds.map((h, i) => mul(pulls[i] ?? 0, h.anchor))
    return { params: div(add(after, ...pulled), add(1, ...pulls)) }
  },
})
