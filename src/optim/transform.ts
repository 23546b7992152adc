/** A part that is put before an optimiser: it changes what the optimiser's step starts from. */
import type { Expr } from '../graph/expr.js'
import type { Num } from '../graph/ops.js'
import type { Slot, SlotValues } from './optimiser.js'

/** What a part may change. */
export interface Before {
  /** [P] */
  readonly gradient: Expr
  /** [P]: what the step will be subtracted from. */
  readonly params: Expr
  /** Of this step, a scalar. */
  readonly rate: Num
}

/** See above. What `apply` leaves out stays as it was. */
export interface Transform {
  readonly name: string
  readonly slots: readonly Slot[]
  readonly apply: (at: Before & { readonly slots: SlotValues }) => Partial<Before> & { readonly slots?: SlotValues }
}
