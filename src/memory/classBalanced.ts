import { uniforms } from '../random/draw.js'
import type { Policy } from './policy.js'
import { createSlate } from './slate.js'

/**
 * Class-balancing reservoir sampling. While there is room every row is held. After that a class is full once it has been the largest:
 * a row of a class that is not takes the place of a random row of the largest class; a row of a full one, number n of its class with m
 * held, takes with probability m / n that of a random row of its own. So a class either holds all the rows it was offered or has at
 * most one less than the largest, and within a class every row is held with the same probability.
 * That a class has been the largest shows: rows of it are missing. The largest of equals is the one with the lowest label.
 * @source Chrysakis & Moens 2020, algorithm 1; a class counts as full from when the buffer has been.
 */
export const classBalanced: Policy = (key, { capacity, labels, seenOf }, incoming) => {
  const held = createSlate(labels)
  const seen = Array.from(seenOf)
  const slots: number[] = []
  const take: number[] = []
  let draws: Float64Array | undefined
  for (let i = 0; i < incoming.size && capacity > 0; i++) {
    if (incoming.first[i] === 0) continue
    const label = incoming.labels[i]!
    const before = seen[label] ?? 0
    seen[label] = before + 1
    let slot = held.size()
    if (slot === capacity) {
      draws ??= uniforms(key, incoming.size)
      const largest = held.largest()
      const own = held.count(label)
      const full = own === held.count(largest) || own < before
      const bound = full ? before + 1 : held.count(largest)
      // beyond the rows of its own class: not admitted
      slot = held.slotOf(full ? label : largest, Math.floor(draws[i]! * bound))
      if (slot < 0) continue
    }
    held.put(slot, label)
    slots.push(slot)
    take.push(i)
  }
  return { slots: Int32Array.from(slots), take: Int32Array.from(take) }
}
