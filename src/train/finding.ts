/** What debugging found out about a value that is no number: plain data, which `cli` turns into text. */
import type { Shape } from '../graph/shape.js'

/** A moment of a run. */
export interface When {
  /** Index of the experience. */
  readonly experience: number
  /** `train`, `evaluate` (after the experience), `measure` (in it, for transfer), or `strategy/phase`. */
  readonly during: string
  /** Index of the step in the experience or phase; null where scores are measured. */
  readonly step: number | null
}

/** An argument of the operation at fault, and what it holds: one number, or a summary where the result depends on many. */
export interface Held {
  readonly expression: string
  readonly value: string
}

/** The first operation that gave a NaN, or an infinity, while no argument of it held one. */
export interface Origin {
  readonly when: When
  /** The part of the step: a hook of a strategy, a term, the scenario's loss, the gradient, the optimiser. */
  readonly part: string
  /** Name of the primitive; `block` and `input`: the value was there before. */
  readonly operation: string
  readonly shape: Shape
  /** The first element at fault, as `[3, 1]` or, in a vector of all parameters, `dense0/weight[3, 1]`. */
  readonly element: string
  /** The operation written out. */
  readonly expression: string
  readonly holds: readonly Held[]
  /** Where the first infinity among its arguments came from; null: there is none. */
  readonly infinity: Origin | null
}

/** See above. */
export interface Finding {
  readonly kind: 'NaN' | 'infinity'
  readonly when: When
  /** The value of the step in which it was seen, such as `loss` or `params`. */
  readonly seen: string
  /** Null: the reference has no such value, so it and the compiled code differ. */
  readonly origin: Origin | null
}
