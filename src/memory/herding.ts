/**
 * Rows in the order in which they pull the mean of those chosen closest to the mean of all: row k of the order minimises
 * |mean - (chosen so far + row) / k|, each row once, the first of equals. In f64; the running sum is exact to rounding, so the
 * first m rows of an order are the order of length m. `mean`: what is approached, another point when given (a mean scaled to length 1).
 * @shape features: [n, width], row-major; as they are, see `unitRows`  @returns min(count, n) row numbers
 * @source Rebuffi et al. 2017 (iCaRL), algorithm 4; greedy selection of Welling 2009 with every row used at most once.
 */
export const herding = (
  features: ArrayLike<number>,
  n: number,
  width: number,
  count: number,
  mean: ArrayLike<number> = meanRow(features, n, width),
): Int32Array => {
  const rows = Float64Array.from({ length: n * width }, (_, i) => features[i]!)
  // k mean - (rows chosen so far): the row nearest to it makes the sum of k rows nearest to k means
  const target = Float64Array.from(mean)
  const used = new Uint8Array(n)
  const order = new Int32Array(Math.min(count, n))
  for (let k = 0; k < order.length; k++) {
    const row = nearest(rows, width, used, target)
    used[row] = 1
    order[k] = row
    for (let j = 0; j < width; j++) target[j]! += mean[j]! - rows[row * width + j]!
  }
  return order
}

/** Mean of rows [n, width], in f64. */
export const meanRow = (features: ArrayLike<number>, n: number, width: number): Float64Array => {
  const mean = new Float64Array(width)
  for (let i = 0; i < n * width; i++) mean[i % width]! += features[i]! / n
  return mean
}

/** Elements after which a distance is compared with the least so far. */
const stride = 32

/** The first row not used whose squared distance to `target` is least; a distance is left when it cannot be any more. */
const nearest = (rows: Float64Array, width: number, used: Uint8Array, target: Float64Array): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < used.length; i++) {
    if (used[i] === 1) continue
    const row = i * width
    let distance = 0
    for (let from = 0; from < width && distance < least; from += stride) {
      const end = Math.min(from + stride, width)
      for (let j = from; j < end; j++) {
        const away = target[j]! - rows[row + j]!
        distance += away * away
      }
    }
    if (best < 0 || distance < least) {
      best = i
      least = distance
    }
  }
  return best
}

/** Multiply-accumulates that `herding` may take at most: a distance of `width` for every row at every choice. */
export const herdingMacs = (n: number, width: number, count: number): number => Math.min(count, n) * n * width
