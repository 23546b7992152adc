/**
 * Quantiles of Student's t distribution for whole degrees of freedom, from its finite series (Abramowitz & Stegun 1964,
 * 26.7.3 and 26.7.4) in the angle θ = atan(t/√ν). Only + − × ÷ and √, so that reports too are the same everywhere.
 */

const PI = 3.141592653589793

/** P(|T| < t) for ν degrees of freedom, given sin θ and cos θ, and θ itself (needed for odd ν only). */
const central = (sin: number, cos: number, angle: number, freedom: number): number => {
  const odd = freedom % 2 === 1
  // odd ν: (2/π)(θ + sin θ (cos θ + 2/3 cos³θ + …)); even ν: sin θ (1 + 1/2 cos²θ + …)
  let term = odd ? cos : 1
  let sum = 0
  for (let k = odd ? 1 : 0; k <= freedom - 2; k += 2) {
    sum += term
    term *= ((k + 1) / (k + 2)) * cos * cos
  }
  return odd ? (2 / PI) * (angle + sin * sum) : sin * sum
}

/** atan(x) for x >= 0: the angle is halved five times, then the series, below 2e-17 away. */
const atan = (x: number): number => {
  let y = x
  for (let k = 0; k < 5; k++) y /= 1 + Math.sqrt(1 + y * y)
  let sum = 0
  let power = y
  for (let k = 1; k <= 17; k += 2) {
    sum += k % 4 === 1 ? power / k : -power / k
    power *= y * y
  }
  return 32 * sum
}

const coverage = (t: number, freedom: number): number => {
  const x = t / Math.sqrt(freedom)
  const cos = 1 / Math.sqrt(1 + x * x)
  return central(x * cos, cos, atan(x), freedom)
}

/**
 * The t with P(|T| < t) = `level`: the half-width of a two-sided interval in standard errors.
 * `freedom` is a whole number >= 1 and `level` in (0, 1); anything else throws.
 */
export const tQuantile = (freedom: number, level: number): number => {
  if (!Number.isInteger(freedom) || freedom < 1 || !(level > 0 && level < 1))
    throw new Error(`tQuantile: freedom ${freedom}, level ${level}`)
  let low = 0
  let high = 1
  while (coverage(high, freedom) < level) high *= 2
  for (let k = 0; k < 100; k++) {
    const middle = (low + high) / 2
    if (coverage(middle, freedom) < level) low = middle
    else high = middle
  }
  return (low + high) / 2
}
