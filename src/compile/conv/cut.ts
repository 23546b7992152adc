/** Cutting the rows of a convolution into register tiles. */
import { cutRows, type RowGroup } from '../gemm/split.js'

/**
 * Rows of a tile that is one or two vectors wide. Matrix products take five rows of two vectors, but here the loop over
 * products is nested in another one, and V8 11 (Node 20) then keeps only eight sums in registers: 4 × 8 reaches 92 % of the
 * roof and 5 × 8 half of it, in every order of loops and stores that was tried; with one vector, 7 × 4 is as good and 8 × 4
 * less than half. Newer engines do not care; with 256-bit vectors they would gain an eighth from 5 × 8.
 */
const mostRows = (vectors: number): number => (vectors === 1 ? 7 : 4)

/** Cuts the rows of a convolution into tiles that fit the registers. */
export const rowGroups = (count: number, vectors: number): readonly RowGroup[] => cutRows(count, mostRows(vectors))
