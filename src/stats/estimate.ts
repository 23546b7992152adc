/** A mean over seeds and how far it can be trusted. */
import { tQuantile } from './studentT.js'

/** The level of every interval in reports. */
export const LEVEL = 0.95

/** Mean of n values with sample standard deviation and the half-width of the interval; both undefined (null) for n = 1. */
export interface Estimate {
  readonly n: number
  readonly mean: number
  readonly sd: number | null
  readonly half: number | null
}

/** Sample mean, summed in order; at least one value. */
export const mean = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error('mean of no values')
  return values.reduce((sum, v) => sum + v, 0) / values.length
}

/** Sample standard deviation, n − 1 in the denominator; null for fewer than two values. */
export const deviation = (values: readonly number[]): number | null => {
  if (values.length < 2) return null
  const centre = mean(values)
  const squares = values.reduce((sum, v) => sum + (v - centre) * (v - centre), 0)
  return Math.sqrt(squares / (values.length - 1))
}

/**
 * Mean with a 95 % interval, half-width t(n − 1) · sd / √n. Student's t at every n: below 10 seeds the normal interval is
 * far too narrow, above it the two agree. Null when there are no values.
 */
export const estimate = (values: readonly number[]): Estimate | null => {
  const n = values.length
  if (n === 0) return null
  const sd = deviation(values)
  return { n, mean: mean(values), sd, half: sd === null ? null : (tQuantile(n - 1, LEVEL) * sd) / Math.sqrt(n) }
}
