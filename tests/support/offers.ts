/** A buffer by itself: a policy is offered a stream of labels in batches, and every row can be followed. */
import type { Policy } from '../../src/memory/policy.js'
import { folded, key } from '../../src/random/key.js'

/** A row of the stream: its number, its label and its experience. */
export interface OfferedRow {
  readonly row: number
  readonly label: number
  readonly experience: number
}

/** Rows of a stream of labels. `experience`: which one a row comes with. */
export const offers = (labels: readonly number[], experience: (row: number) => number = () => 0): OfferedRow[] =>
  labels.map((label, row) => ({ row, label, experience: experience(row) }))

/**
 * Offers rows in batches; what the buffer holds after each of them, slot by slot. Throws on writes that no buffer could do: beyond the
 * capacity, leaving a gap, or taking rows that are not there.
 */
export const heldBy = (
  policy: Policy,
  { seed = 1, capacity, batch }: { readonly seed?: number; readonly capacity: number; readonly batch: number },
  stream: readonly OfferedRow[],
): readonly (readonly OfferedRow[])[] => {
  let held: OfferedRow[] = []
  const seenOf: number[] = []
  return Array.from({ length: Math.ceil(stream.length / batch) }, (_, step) => {
    const rows = stream.slice(step * batch, (step + 1) * batch)
    const of = (from: readonly OfferedRow[]) => ({
      size: from.length,
      labels: Int32Array.from(from, ({ label }) => label),
      experiences: Int32Array.from(from, ({ experience }) => experience),
    })
    const before = { ...of(held), capacity, seen: step * batch, seenOf: [...seenOf] }
    const { slots, take, drop } = policy(folded(key(seed), step), before, {
      ...of(rows),
      first: new Uint8Array(rows.length).fill(1),
    })
    if (slots.length !== take.length) throw new Error(`${slots.length} slots for ${take.length} rows`)
    held = held.filter((_row, slot) => drop?.includes(slot) !== true)
    slots.forEach((slot, i) => {
      const row = rows[take[i] ?? -1]
      if (row === undefined || slot >= capacity || slot > held.length) throw new Error(`no row or no slot ${slot}`)
      held[slot] = row
    })
    for (const { label } of rows) seenOf[label] = (seenOf[label] ?? 0) + 1
    return [...held]
  })
}

/** Rows of each label, by label. */
export const countsOf = (rows: readonly OfferedRow[]): ReadonlyMap<number, number> => {
  const counts = new Map<number, number>()
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1)
  return counts
}
