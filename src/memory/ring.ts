import { metSoFar } from './metSoFar.js'
import type { Held, Offered, Policy } from './policy.js'

/** What a portion of a ring belongs to. */
export type Portion = 'class' | 'experience'

/**
 * Equal portions, each of which holds the newest rows of one class or of one experience: first in, first out. A portion has
 * floor(capacity / portions so far) rows, and `each` at most, so portions shrink when another begins; what a division leaves over stays
 * empty, and so does a buffer with more portions than rows. Rows stand in the order in which they came. Throws where portions are experiences and boundaries are hidden.
 * @source Lopez-Paz & Ranzato 2017 (GEM), a portion per task; Chaudhry et al. 2019, On tiny episodic memories, per class. There the
 * portion is fixed from the number of all tasks or classes, which a learner does not know: `each` says it where it shall be so.
 */
export const ring =
  (by: Portion, each: number = Number.POSITIVE_INFINITY): Policy =>
  (_, held, incoming) => {
    const [before, offered] = by === 'class' ? [held.labels, incoming.labels] : [held.experiences, incoming.experiences]
    if (before === undefined || offered === undefined)
      throw new Error('ring: portions by experience need the right to see boundaries')
    const rows = [...before, ...offered.filter((_, i) => incoming.first[i] !== 0)]
    const sources = Array.from(incoming.first.keys()).filter((i) => incoming.first[i] !== 0)
    const room = Math.min(each, Math.floor(held.capacity / portions(by, held, incoming)))
    // from the newest to the oldest
    const counts = new Map<number, number>()
    const kept = new Uint8Array(rows.length)
    for (let i = rows.length - 1; i >= 0; i--) {
      const n = counts.get(rows[i]!) ?? 0
      if (n >= room) continue
      counts.set(rows[i]!, n + 1)
      kept[i] = 1
    }
    const drop = Int32Array.from(before.keys()).filter((slot) => kept[slot] === 0)
    const take = Int32Array.from(sources.filter((_, i) => kept[before.length + i] === 1))
    return { drop, take, slots: take.map((_, i) => before.length - drop.length + i) }
  }

/** Classes, or experiences, of which rows were offered. */
const portions = (by: Portion, held: Held, incoming: Offered): number =>
  by === 'class'
    ? metSoFar(held, incoming).size
    : 1 + Math.max(...(held.experiences ?? []), ...(incoming.experiences ?? []))
