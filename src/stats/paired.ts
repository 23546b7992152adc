/** Comparison of two methods on the same seeds, where stream, initial weights and batches are the same for both. */
import { type Estimate, estimate } from './estimate.js'

/** Values of one method by seed. */
export type BySeed = ReadonlyMap<number, number>

/** Mean of a − b over the seeds that both have, with its interval; null when they share none. */
export const pairedDifference = (a: BySeed, b: BySeed): Estimate | null =>
  estimate(
    [...a].flatMap(([seed, value]) => {
      const other = b.get(seed)
      return other === undefined ? [] : [value - other]
    }),
  )
