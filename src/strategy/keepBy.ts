import type { Policy } from '../memory/policy.js'
import { folded } from '../random/key.js'
import type { Keep } from './rows.js'
import type { Slots } from './slots.js'

/** What a buffer admits, by a policy with a draw of its own at every step: `keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } }`. */
export const keepBy =
  <S extends Slots>(policy: Policy): Keep<S> =>
  (buffer, incoming, at) =>
    policy(folded(at.key, at.index), buffer, incoming)
