/** What `engram gradcheck` looks at: a named thing, and instances of it to check. */

/** What an item is. */
export type Kind = 'primitive' | 'activation' | 'loss' | 'layer' | 'model' | 'optimiser' | 'strategy' | 'yours'

/**
 * What is compared. `consistency`: reverse against forward mode; `differences`: derivatives against differences of the function, or an
 * optimiser against its published formula; `second order`: Hessian-vector products; `bits`: compiled against the reference, in f32;
 * `bound`: f32 against f64, as a fraction of the derived bound of rounding.
 */
export const columns = ['consistency', 'differences', 'second order', 'bits', 'bound'] as const

/** A name in `columns`. */
export type Column = (typeof columns)[number]

/**
 * What an instance gave: the worst number of each comparison that was made (for `bits` how many differ), and a text for each that failed.
 */
export interface Outcome {
  readonly worst: Readonly<Partial<Record<Column, number>>>
  readonly failures: readonly string[]
}

/** One case of an item, such as a variant of a layer or a random instance of a primitive. */
export interface Instance {
  readonly name: string
  /** The same seed gives the same numbers. */
  readonly check: (seed: number) => Outcome
}

/** See above. */
export interface Item {
  readonly name: string
  readonly kind: Kind
  readonly instances: readonly Instance[]
  /** Why there is nothing to compare, where there is nothing. */
  readonly note?: string
}
