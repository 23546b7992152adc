import type { Expr } from '../graph/expr.js'
import type { AnyStep, AnyStrategy } from '../strategy/anyStrategy.js'
import type { Optimiser } from '../optim/optimiser.js'

/** One strategy's part in a step: the strategy itself in the wake, one of its phases asleep. */
export interface Member {
  readonly strategy: AnyStrategy
  readonly step: AnyStep
}

/** What is to be staged. */
export interface Request {
  readonly members: readonly Member[]
  /** Whether there is an incoming batch. */
  readonly wake: boolean
  readonly optimiser: Optimiser
  /** Prefix of the blocks of the optimiser's slots. */
  readonly slots: string
  /** Draws that picked rows, as `strategy/draw`, with the rows their batches have room for. */
  readonly present: ReadonlyMap<string, number>
}

/** A part of a step, such as a term of the loss, and the expressions that it ends in. */
export interface Part {
  readonly name: string
  readonly roots: readonly Expr[]
}

/** A step as a graph, and where to find its numbers. */
export interface Staged {
  readonly updates: Readonly<Record<string, Expr>>
  readonly outputs: Readonly<Record<string, Expr>>
  /** Terms, as `strategy/term`, in canonical order; their outputs are `term/strategy/term`. */
  readonly terms: readonly string[]
  /** Emits, as [strategy, name]. */
  readonly emits: readonly (readonly [string, string])[]
  /** Names of all inputs that the graph reads. */
  readonly inputs: ReadonlySet<string>
  /** Whose the nodes are: each belongs to the first part that reads it. */
  readonly parts: readonly Part[]
}
