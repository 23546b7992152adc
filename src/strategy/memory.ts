/** What rehearsal without boundaries shares: uniform draws from the buffer `memory`, and a reservoir over first presentations. */
import type { Admission } from '../memory/policy.js'
import { reservoir } from '../memory/reservoir.js'
import { uniform } from '../memory/uniform.js'
import { folded } from '../random/key.js'
import type { AnyAt } from './anyStrategy.js'

/** Up to `rows` different rows of the buffer `memory`, all of them while it holds fewer; a draw of its own in every step. */
export const fromMemory = (rows: number) =>
  ({
    from: 'memory',
    rows,
    pick: ({ size }: { readonly size: number }, at: Pick<AnyAt, 'key' | 'index'>): Int32Array =>
      uniform(folded(at.key, at.index), size, rows),
  }) as const

/** Every row at its first presentation has the same chance to be held. */
export const admitFirst = (
  buffer: { readonly capacity: number; readonly seen: number },
  incoming: { readonly first: Uint8Array },
  at: Pick<AnyAt, 'key' | 'index'>,
): Admission => reservoir(folded(at.key, at.index), buffer.capacity, buffer.seen, incoming.first)
