import type { Expr } from '../graph/expr.js'
import { assemble, broadcast, ones } from '../graph/ops.js'

/** Targets [n, outputs] that give every one of `n` rows the same label. */
export const labelOf = (label: number, n: number, outputs: number): Expr =>
  broadcast(assemble(outputs, [{ at: label, value: ones([1]) }]), [n, outputs])
