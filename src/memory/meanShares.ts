import { groups } from './groups.js'

/**
 * What each row counts in the mean of its class, so that the shares of a class add up to 1. Without `chunk`: 1 / rows of the class. With it,
 * the rows of a class are taken so many at a time, in order: m = mean of the first chunk, then m = (m + mean of the next) / 2 for each that
 * follows, so that the last chunks count most.
 * @source chunk: class means as the code of Buzzega et al. 2020 computes them.
 */
export const meanShares = (labels: Int32Array, chunk?: number): Float32Array => {
  const shares = new Float32Array(labels.length)
  for (const rows of groups(labels).values()) {
    const size = chunk ?? rows.length
    const chunks = Math.ceil(rows.length / size)
    rows.forEach((row, i) => {
      const own = Math.floor(i / size)
      const halvings = own === 0 ? chunks - 1 : chunks - own
      let share = 1 / Math.min(size, rows.length - own * size)
      for (let k = 0; k < halvings; k++) share /= 2
      shares[row] = share
    })
  }
  return shares
}
