/** Places labels at wanted heights so that neighbours keep a distance. */

interface Range {
  readonly low: number
  readonly high: number
}

/**
 * Positions near the wanted ones, in the same order, at least `gap` apart and inside the range where there is room.
 * Labels that would overlap form a block centred on the mean of what they want (pool adjacent violators).
 */
export const spread = (wanted: readonly number[], gap: number, { low, high }: Range): readonly number[] => {
  const sorted = wanted.map((value, i) => ({ value, i })).toSorted((a, b) => a.value - b.value || a.i - b.i)
  const blocks: { members: number[]; start: number }[] = []
  const startOf = (members: readonly number[]): number => {
    const centre = members.reduce((sum, k, place) => sum + (sorted[k]?.value ?? 0) - place * gap, 0) / members.length
    return Math.max(low, Math.min(centre, high - (members.length - 1) * gap))
  }
  sorted.forEach((_, k) => {
    let members = [k]
    let before = blocks.pop()
    while (before !== undefined && before.start + before.members.length * gap > startOf(members)) {
      members = [...before.members, ...members]
      before = blocks.pop()
    }
    if (before !== undefined) blocks.push(before)
    blocks.push({ members, start: startOf(members) })
  })
  const placed = blocks.flatMap(({ members, start }) => members.map((k, place) => ({ k, at: start + place * gap })))
  const out = [...wanted]
  for (const { k, at } of placed) {
    const source = sorted[k]
    if (source !== undefined) out[source.i] = at
  }
  return out
}
