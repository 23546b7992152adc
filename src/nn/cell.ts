/** What a recurrent layer is made of: the tensors of one step, and the step. */
import type { Expr } from '../graph/expr.js'
import type { Parameter } from './layer.js'

/** A recurrent unit: `units` numbers that are carried from step to step. */
export interface Cell {
  /** `elman`, `gru`: the prefix of its tensors in a stack. */
  readonly kind: string
  readonly units: number
  /** The tensors it learns when a step brings `inputs` numbers. */
  readonly parameters: (inputs: number) => readonly Parameter[]
  /** From its tensors the step: the state `[n, units]` and the inputs `[n, inputs]` of the step give the next state. */
  readonly step: (own: (name: string) => Expr) => (state: Expr, x: Expr) => Expr
}
