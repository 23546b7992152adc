import type { Admission, Held, Offered, Policy } from '../memory/policy.js'
import { folded } from '../random/key.js'
import type { AnyAt } from './anyStrategy.js'

/** What a buffer admits, by a policy with a draw of its own at every step: `keep: { memory: { from: 'batch', admit: keepBy(policies.reservoir) } }`. */
export const keepBy =
  (policy: Policy) =>
  (buffer: Held, incoming: Offered, at: Pick<AnyAt, 'key' | 'index'>): Admission =>
    policy(folded(at.key, at.index), buffer, incoming)
