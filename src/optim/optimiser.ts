/** An optimiser is a record: the slots it keeps and one symbolic step. */
import type { Expr } from '../graph/expr.js'
import type { Shape } from '../graph/shape.js'

/** One resident tensor of optimiser state. */
export interface Slot {
  readonly name: string
  /** Shape for `size` parameters. */
  readonly shape: (size: number) => Shape
  /** Value every element starts from. */
  readonly init: number
}

/** Parameters and state after a step. */
export interface Stepped {
  readonly params: Expr
  readonly slots: Readonly<Record<string, Expr>>
}

/** An optimiser: `update` builds the graph of one step on the flat parameter vector. */
export interface Optimiser {
  readonly name: string
  readonly slots: readonly Slot[]
  readonly update: (at: {
    readonly gradient: Expr
    readonly params: Expr
    readonly slots: Readonly<Record<string, Expr>>
  }) => Stepped
}

/** The slot `name`, or an error with the known names. */
export const slotOf = (slots: Readonly<Record<string, Expr>>, name: string): Expr => {
  const found = slots[name]
  if (found === undefined) throw new Error(`optimiser: no slot '${name}'; known: ${Object.keys(slots).join(', ')}`)
  return found
}
