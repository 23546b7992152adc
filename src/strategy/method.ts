import type { AnyStrategy } from './anyStrategy.js'

/** A method is a list of strategies. Terms and draws do not depend on its order; projections and commits run as listed. */
export type Method = readonly AnyStrategy[]

/** All strategies of all methods, in order. `naive`, the empty list, is its identity. */
export const combine = (...methods: readonly Method[]): Method => methods.flat()

/** Two strategies of one method that cannot both be heard. */
export interface Conflict {
  /** `idle`: the first leaves the network untrained while awake, and all that the second does is to change its training. */
  readonly slot: 'loss' | 'predict' | 'name' | 'idle'
  readonly between: readonly [string, string]
}

const clashes = (slot: Conflict['slot'], named: readonly AnyStrategy[]): readonly Conflict[] =>
  named.flatMap((a, i) => named.slice(i + 1).map((b): Conflict => ({ slot, between: [a.name, b.name] })))

const changesTraining = (s: AnyStrategy): boolean =>
  s.loss === undefined && (s.objective !== undefined || s.gradient !== undefined || s.weight !== undefined)

/** Every pair that replaces the loss twice, predicts twice, has one name, or trains where the other does not. Empty: the method can run. */
export const conflicts = (method: Method): readonly Conflict[] => [
  ...clashes(
    'loss',
    method.filter((s) => s.loss !== undefined),
  ),
  ...clashes(
    'predict',
    method.filter((s) => s.predict !== undefined),
  ),
  ...method.flatMap((a) =>
    a.loss === null
      ? method.filter(changesTraining).map((b): Conflict => ({ slot: 'idle', between: [a.name, b.name] }))
      : [],
  ),
  ...[...new Set(method.map((s) => s.name))].flatMap((name) =>
    clashes(
      'name',
      method.filter((s) => s.name === name),
    ),
  ),
]
