/** The groups of a buffer's rows while a policy goes through a batch. */
export interface Slate {
  /** Rows held. */
  readonly size: () => number
  /** Rows of a group. */
  readonly count: (group: number) => number
  /** The group with most rows, the lowest of equals; -1 when there are none. */
  readonly largest: () => number
  /** Slot of row number `n` of a group, in the order of slots; -1 when there are fewer. */
  readonly slotOf: (group: number, n: number) => number
  /** A row of a group comes into a slot, which may be the one behind the last. */
  readonly put: (slot: number, group: number) => void
}

/** A slate that starts from the groups of the rows held. They are copied. */
export const createSlate = (groups: ArrayLike<number>): Slate => {
  const held = Array.from(groups)
  const counts = new Map<number, number>()
  const count = (group: number): number => counts.get(group) ?? 0
  for (const group of held) counts.set(group, count(group) + 1)
  return {
    size: () => held.length,
    count,
    largest: () => {
      let largest = -1
      for (const [group, n] of counts)
        if (n > count(largest) || (n === count(largest) && group < largest)) largest = group
      return largest
    },
    slotOf: (group, n) => {
      let left = n
      for (let slot = 0; slot < held.length; slot++) if (held[slot] === group && left-- === 0) return slot
      return -1
    },
    put: (slot, group) => {
      const before = held[slot]
      if (before !== undefined) counts.set(before, count(before) - 1)
      held[slot] = group
      counts.set(group, count(group) + 1)
    },
  }
}
