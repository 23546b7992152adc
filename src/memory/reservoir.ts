import { uniforms } from '../random/draw.js'
import type { Key } from '../random/key.js'
import type { Admission } from './policy.js'

/**
 * Reservoir sampling: row number n (from 0) of the stream goes to slot n while n < capacity, then to a slot drawn from 0..n if
 * that is below the capacity. Every row of the stream so far is held with the same probability capacity / (n + 1).
 * The draw is floor(u (n + 1)) with u a multiple of 2^-32: its bias is below n / 2^32.
 * @param seen rows offered before this batch  @param offered shape [batch]: rows with 0 (seen before) are not offered again
 * @source Vitter 1985, algorithm R.
 */
export const reservoir = (key: Key, capacity: number, seen: number, offered: Uint8Array): Admission => {
  const slots: number[] = []
  const take: number[] = []
  let draws: Float64Array | undefined
  let n = seen
  for (let i = 0; i < offered.length; i++) {
    if (offered[i] === 0) continue
    if (n < capacity) {
      slots.push(n)
      take.push(i)
    } else if (capacity > 0) {
      draws ??= uniforms(key, offered.length)
      const j = Math.floor(draws[i]! * (n + 1))
      if (j < capacity) {
        slots.push(j)
        take.push(i)
      }
    }
    n++
  }
  return { slots: Int32Array.from(slots), take: Int32Array.from(take) }
}
