import { uniforms } from '../random/draw.js'
import type { Policy } from './policy.js'
import { createSlate } from './slate.js'

/**
 * The greedy balancing sampler: a row is admitted while its class holds less than capacity / classes met so far; where there is no room
 * it takes the place of a random row of the largest class (of equals the lowest label). Rows of a class that has its share are not
 * looked at again, so that the first ones of a class are held with preference.
 * @source Prabhu, Torr & Dokania 2020 (GDumb), algorithm 1.
 */
export const greedyBalanced: Policy = (key, { capacity, labels, seenOf }, incoming) => {
  const held = createSlate(labels)
  const met = new Set(Array.from(seenOf, (n, label) => (n > 0 ? label : -1)).filter((label) => label >= 0))
  const slots: number[] = []
  const take: number[] = []
  let draws: Float64Array | undefined
  for (let i = 0; i < incoming.size && capacity > 0; i++) {
    if (incoming.first[i] === 0) continue
    const label = incoming.labels[i]!
    met.add(label)
    if (held.count(label) >= capacity / met.size) continue
    let slot = held.size()
    if (slot === capacity) {
      draws ??= uniforms(key, incoming.size)
      const largest = held.largest()
      slot = held.slotOf(largest, Math.floor(draws[i]! * held.count(largest)))
    }
    held.put(slot, label)
    slots.push(slot)
    take.push(i)
  }
  return { slots: Int32Array.from(slots), take: Int32Array.from(take) }
}
