/** An optimiser is a record: its base rate, the slots it keeps and one symbolic step. */
import type { Expr } from '../graph/expr.js'
import type { Num } from '../graph/ops.js'
import { type Shape, sizeOf } from '../graph/shape.js'

/** What becomes of a slot when an experience ends. */
export type AtBoundary = 'keep' | 'reset'

/** One resident tensor of optimiser state. */
export interface Slot {
  readonly name: string
  /** Shape for `size` parameters. */
  readonly shape: (size: number) => Shape
  /** Value every element starts from, or a copy of the parameters, for a slot of their shape. */
  readonly init: number | 'params'
  /** Absent: as the run has it for its optimiser. */
  readonly boundary?: AtBoundary
}

/** State of an optimiser as a step finds or leaves it, by slot. */
export type SlotValues = Readonly<Record<string, Expr>>

/** What a step starts from. */
export interface StepInput {
  /** [P] */
  readonly gradient: Expr
  /** [P] */
  readonly params: Expr
  readonly slots: SlotValues
  /** In place of the base rate, a scalar: from a schedule. */
  readonly rate?: Num
}

/** Parameters and state after a step; slots that are left out stay as they were. */
export interface Stepped {
  readonly params: Expr
  readonly slots: SlotValues
}

/** An optimiser: `update` builds the graph of one step on the flat parameter vector. */
export interface Optimiser {
  readonly name: string
  /** Base learning rate. */
  readonly rate: number
  readonly slots: readonly Slot[]
  readonly update: (at: StepInput) => Stepped
}

/** Shape of a slot with one number for each parameter. */
export const perParameter = (size: number): Shape => [size]

/** Shape of a slot that is one number. */
export const oneNumber = (): Shape => []

/** The slot `name`, or an error with the known names. */
export const slotOf = (slots: SlotValues, name: string): Expr => {
  const found = slots[name]
  if (found === undefined) throw new Error(`optimiser: no slot '${name}'; known: ${Object.keys(slots).join(', ')}`)
  return found
}

/** First values of a slot. */
export const initialSlot = ({ init, shape }: Slot, params: Float32Array): Float32Array =>
  init === 'params' ? params.slice() : new Float32Array(sizeOf(shape(params.length))).fill(init)
