const ln2 = 0.6931471805599453

/**
 * Natural logarithm of a normal f64 x > 0, of + − × and ÷ only: powers of 2 taken out exactly, then 2·artanh((m − 1)/(m + 1)) as a
 * series up to its 23rd power, with m in [√½, √2]. −∞ at 0, NaN below.
 */
export const logarithm = (x: number): number => {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  let m = x
  let halvings = 0
  while (m < Math.SQRT1_2) {
    m *= 2
    halvings++
  }
  while (m > Math.SQRT2) {
    m /= 2
    halvings--
  }
  const s = (m - 1) / (m + 1)
  let series = 0
  for (let k = 23; k >= 1; k -= 2) series = series * s * s + 1 / k
  return 2 * s * series - halvings * ln2
}
