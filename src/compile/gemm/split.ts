/** Consecutive columns that one vector holds. */
export interface Part {
  readonly lanes: 1 | 2 | 4
  /** Bytes from the first column. */
  readonly offset: number
}

/** Cuts `width` columns into vectors of 4, 4, ..., 2, 1 lanes, so that nothing is read or written past the end. */
export const partsOf = (width: number): readonly Part[] => {
  const whole = width - (width % 4)
  const parts: Part[] = Array.from({ length: whole / 4 }, (_, i) => ({ lanes: 4, offset: 16 * i }))
  if (width % 4 >= 2) parts.push({ lanes: 2, offset: 4 * whole })
  if (width % 2 === 1) parts.push({ lanes: 1, offset: 4 * (width - 1) })
  return parts
}

/** `count` tiles of `rows` rows, the first of them at row `first`. */
export interface RowGroup {
  readonly first: number
  readonly count: number
  readonly rows: number
}

/** Cuts m rows into the fewest tiles of at most `most` rows, their heights as equal as possible: at most two groups. */
export const cutRows = (m: number, most: number): readonly RowGroup[] => {
  const tiles = Math.ceil(m / most)
  const low = Math.floor(m / tiles)
  const high = m % tiles
  const groups = [
    { first: 0, count: high, rows: low + 1 },
    { first: high * (low + 1), count: tiles - high, rows: low },
  ]
  return groups.filter(({ count }) => count > 0)
}

/** Rows of a tile that is `vectors` wide: sums, vectors of b, a broadcast and a product share V8's 15 registers. */
const mostRows = (vectors: number): number => Math.min(8, Math.floor((13 - vectors) / vectors))

/** Cuts the m rows of a product into tiles that fit the registers. */
export const rowGroups = (m: number, vectors: number): readonly RowGroup[] => cutRows(m, mostRows(vectors))
