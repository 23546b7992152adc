const RADIANS = 3.141592653589793 / 180

/** Taylor series by Horner's rule, in `+`, `-` and `*` only: the same bits everywhere. |r| <= pi/4 leaves less than 1e-16. */
const sine = (r: number): number => {
  const q = r * r
  let p = -1 / 1307674368000
  for (const c of [1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1]) p = p * q + c
  return p * r
}

const cosine = (r: number): number => {
  const q = r * r
  let p = 1 / 20922789888000
  for (const c of [-1 / 87178291200, 1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1]) p = p * q + c
  return p
}

/**
 * Sine and cosine of an angle in degrees, by our own polynomial (`Math.sin` differs between engines); exact at multiples
 * of 90. The angle must be finite.
 */
export const turn = (degrees: number): { readonly sin: number; readonly cos: number } => {
  const within = degrees % 360
  const quarter = Math.round(within / 90)
  const r = (within - quarter * 90) * RADIANS
  const [s, c] = [sine(r), cosine(r)]
  const turned = [
    { sin: s, cos: c },
    { sin: c, cos: -s },
    { sin: -s, cos: -c },
    { sin: -c, cos: s },
  ] as const
  return turned[((quarter % 4) + 4) % 4]!
}
