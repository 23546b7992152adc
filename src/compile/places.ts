/** Views: which stored value a node names, and from which element on. */
import type { Expr } from '../graph/expr.js'
import { slicePrimitive } from '../graph/primitives/sliceAssemble.js'

/** A stored value and an element offset into it. */
export interface Named {
  readonly base: Expr
  readonly from: number
}

/** Looks through reshapes and slices. */
export const resolve = (e: Expr): Named => {
  const inner = e.args[0]
  if (e.op.codegen !== 'view' || inner === undefined) return { base: e, from: 0 }
  const { base, from } = resolve(inner)
  return { base, from: from + (e.op === slicePrimitive ? Number(e.attrs.from) : 0) }
}
