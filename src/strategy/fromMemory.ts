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
