/** Rows of the register tile: ten sums, two vectors of b, a broadcast and a product make 14 of V8's 15 registers. */
export const tileRows = 5

/** Columns of the register tile: two vectors. */
export const tileColumns = 8

/** Products summed per pass: a panel of b (kBlock x 8) stays in the first-level cache. */
export const kBlock = 512

/** Rows of a packed at once: mBlock x kBlock values of a stay in the second-level cache. A multiple of `tileRows`. */
export const mBlock = 240

const tileBytes = tileRows * tileColumns * 4

/** Offsets in bytes into the scratch area: a row of zeros, the edge tile, one panel of b, then the packed rows of a. */
export const scratchOffset = { zeros: 0, tile: 64, panelB: 64 + tileBytes } as const

/** Bytes of scratch that a packed product of [m,k] by [k,n] needs; the area must be 16-byte aligned. */
export const scratchBytes = (m: number, _n: number, k: number): number => {
  const depth = Math.min(k, kBlock)
  const rows = Math.min(Math.ceil(m / tileRows) * tileRows, mBlock)
  return scratchOffset.panelB + depth * (tileColumns + rows) * 4
}
