import type { Expr, Primitive, Vjp } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'

/** The node with another record for its primitive. */
export const withRules = (e: Expr, rules: Partial<Primitive>): Expr => ({ ...e, op: { ...e.op, ...rules } })

const scaled = (x: Expr | null, by: number): Expr | null => (x === null ? null : o.mul(x, by))

/** The node with both rules `1 + by` times too large: forward and reverse mode still agree. */
export const tooLarge = (e: Expr, by: number): Expr => {
  const { vjp, jvp } = e.op
  return withRules(e, {
    ...(vjp === undefined ? {} : { vjp: (...given) => vjp(...given).map((x) => scaled(x, 1 + by)) }),
    ...(jvp === undefined ? {} : { jvp: (...given) => scaled(jvp(...given), 1 + by) }),
  })
}

/** The node with a reverse-mode rule that is made from the right one. */
export const reversed = (
  e: Expr,
  change: (parts: readonly (Expr | null)[], ...given: Parameters<Vjp>) => readonly (Expr | null)[],
): Expr => withRules(e, { vjp: (ct, node, wanted) => change(e.op.vjp?.(ct, node) ?? [], ct, node, wanted) })

/** `x` with one element `1 + by` times too large. */
export const oneTooLarge = (x: Expr, at: number, by: number): Expr => {
  const n = sizeOf(x.shape)
  const flat = o.reshape(x, [n])
  const parts = [
    ...(at > 0 ? [{ at: 0, value: o.slice(flat, 0, [at]) }] : []),
    { at, value: o.mul(o.slice(flat, at, [1]), 1 + by) },
    ...(at + 1 < n ? [{ at: at + 1, value: o.slice(flat, at + 1, [n - at - 1]) }] : []),
  ]
  return o.reshape(o.assemble(n, parts), x.shape)
}
