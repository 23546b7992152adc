/**
 * How much of a computed value is rounding: differences of high order over points that lie close together, where a smooth function
 * leaves nothing but noise (Hamming 1971; Moré and Wild 2011, SIAM Journal on Scientific Computing 33, 1292–1314).
 */
import type { Line } from './ridders.js'

const points = 12
/** Orders of differences compared: noise shows the same size in all of them, a smooth function does not. */
const orders = [4, 5, 6]
/** Distances of the points: too small ones miss noise that is made of coarse steps. */
const spacings = [2 ** -32, 2 ** -26, 2 ** -20]

/** γ_k = (k!)² / (2k)!: the variance of a k-th difference of noise of variance 1 is 1/γ_k. */
const gamma = (k: number): number => {
  let g = 1
  for (let i = 1; i <= k; i++) g *= i / (k + i)
  return g
}

const spread = (table: Float64Array, k: number, left: number): number => {
  let total = 0
  for (let i = 0; i < left; i++) total += table[i]! * table[i]!
  return Math.sqrt((gamma(k) * total) / left)
}

/** Standard deviation of the noise in element `i` of `values`, 0 where what is seen does not look like noise. */
const seen = (values: readonly Float64Array[], i: number): number => {
  const table = Float64Array.from(values, (v) => v[i]!)
  const sizes: number[] = []
  for (let k = 1; k <= 6; k++) {
    for (let j = 0; j < points - k; j++) table[j] = table[j + 1]! - table[j]!
    if (orders.includes(k)) sizes.push(spread(table, k, points - k))
  }
  const [most, least] = [Math.max(...sizes), Math.min(...sizes)]
  return most <= 4 * least ? most : 0
}

/** Noise of each element of `line` near 0, where one unit of `t` is the scale of the point: at least half a unit in the last place. */
export const noiseOf = (line: Line): Float64Array => {
  const at = line(0)
  const noise = at.map((y) => Math.abs(y) * 2 ** -53)
  for (const spacing of spacings) {
    const values = Array.from({ length: points }, (_, j) => line((j - points / 2) * spacing))
    for (let i = 0; i < noise.length; i++) {
      const found = seen(values, i)
      if (found > noise[i]!) noise[i] = found
    }
  }
  return noise
}
