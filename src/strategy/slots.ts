/**
 * What a strategy keeps, reads and reports, by name. One type parameter `S extends Slots` carries all names through the
 * interface, so that a misspelt tensor, an undeclared draw or a fact that was not asked for does not type-check.
 */

/** What the world must grant. Not asked for or not revealed: absent from every value a strategy receives. */
export type Right =
  /** that one experience ends and the next begins */
  | 'boundary'
  /** the index of each row's context, in training */
  | 'context'
  /** the index of each row's context, at test */
  | 'testContext'
  /** revisiting the rows of the current experience */
  | 'experience'

/** All names of one strategy. */
export interface Slots {
  readonly rights: Right
  /** Resident tensors, symbolic in the step. */
  readonly tensors: string
  /** Arrays of f64 on the host, for what is solved in closed form. */
  readonly statistics: string
  /** Row buffers, each with the names of its extra columns. */
  readonly buffers: Readonly<Record<string, string>>
  /** Draws, each with its source: a buffer, or `experience`. */
  readonly draws: Readonly<Record<string, string>>
  /** Numbers the host computes before each step, and before each measurement that reads them. */
  readonly feeds: string
  /** Tensors that the step hands to the host. */
  readonly emits: string
  /** Plain data of the host. */
  readonly host: unknown
}

interface Nothing {
  readonly rights: never
  readonly tensors: never
  readonly statistics: never
  readonly buffers: Readonly<Record<never, string>>
  readonly draws: Readonly<Record<never, string>>
  readonly feeds: never
  readonly emits: never
  readonly host: null
}

/** The slots that are used, the rest empty: `Uses<{ tensors: 'anchor'; rights: 'boundary' }>`. */
export type Uses<P extends Partial<Slots>> = {
  readonly [K in keyof Slots]: K extends keyof P ? NonNullable<P[K]> : Nothing[K]
}

/** `A` when `S` asks for the right `R`, nothing otherwise. */
export type Has<S extends Slots, R extends Right, A> = R extends S['rights'] ? A : unknown
