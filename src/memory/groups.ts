/** Row numbers by group (label or experience), groups ascending, rows ascending within each. */
export const groups = (of: Int32Array): ReadonlyMap<number, Int32Array> => {
  const found = new Map<number, number[]>()
  for (let i = 0; i < of.length; i++) {
    const rows = found.get(of[i]!)
    if (rows === undefined) found.set(of[i]!, [i])
    else rows.push(i)
  }
  return new Map([...found].sort(([a], [b]) => a - b).map(([group, rows]) => [group, Int32Array.from(rows)]))
}
