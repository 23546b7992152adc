/** Rows of the register tile: ten sums, two vectors of b, a broadcast and a product make 14 of V8's 15 registers. */
export const tileRows = 5

/** Columns of the register tile: two vectors. */
export const tileColumns = 8

/** Panels packed at a time where the rows of the source run across them: their columns fill cache lines. */
export const together = 4

/** Products summed per pass at most: a panel of b and a tile of a stay in the first-level cache. */
export const kBlock = 400

/** Values of a packed at once: they stay in the second-level cache. */
export const packedValues = 240 * 512

const tileBytes = tileRows * tileColumns * 4

/** Offsets in bytes into the scratch area: a row of zeros, the edge tile, panels of b, then the packed rows of a. */
export const scratchOffset = { zeros: 0, tile: 64, panelB: 64 + tileBytes } as const

/** Bytes of scratch that a packed product of [m,k] by [k,n] needs; the area must be 16-byte aligned. */
export const scratchBytes = (m: number, _n: number, k: number): number => {
  const depth = Math.ceil(k / Math.ceil(k / kBlock))
  const rows = Math.min(Math.ceil(m / tileRows) * tileRows, rowsPacked(depth))
  return scratchOffset.panelB + depth * (tileColumns * together + rows) * 4
}

/** Rows of a packed at once for this depth: a multiple of `tileRows`. */
const rowsPacked = (depth: number): number => Math.floor(packedValues / (depth * tileRows)) * tileRows
