/**
 * Derivatives along a line from differences, with an estimate of their error: central differences extrapolated to step 0 (Ridders
 * 1982, Advances in Engineering Software 4, 75–76), for all elements of a vector function at once. Steps are halved from a large one
 * until every element has met its own noise or thirty bits; elements where a step leaves the domain start at the first step that does not.
 */

/** A vector function of a number. */
export type Line = (t: number) => Float64Array

/** A derivative and how far it may be from the truth, element by element. */
export interface Slope {
  readonly value: Float64Array
  /** Infinite where no estimate was possible. */
  readonly error: Float64Array
}

/** The first step and the noise of the function's values (see `noise.ts`). */
export interface RiddersOptions {
  readonly step: number
  readonly noise: Float64Array
}

/** Columns of the tableau: beyond these, extrapolation amplifies noise and gains nothing. */
const columns = 6
/** Halvings of the step: a function may be 2^30 times rougher than its argument's scale tells. */
const halvings = 34
/** What extrapolation makes of the noise of two values at most: the product of (4^m + 1) / (4^m − 1). */
const amplification = 2.1
const wanted = 2 ** -30

/** The derivative of `line` at 0. */
export const ridders = (line: Line, { step, noise }: RiddersOptions): Slope => {
  const n = noise.length
  const value = new Float64Array(n).fill(Number.NaN)
  const error = new Float64Array(n).fill(Number.POSITIVE_INFINITY)
  const rows = new Int32Array(n)
  let before = new Float64Array(n * columns)
  let now = new Float64Array(n * columns)
  let open = n
  const isOpen = new Uint8Array(n).fill(1)
  let h = step
  for (let k = 0; k < halvings && open > 0; k++) {
    const [plus, minus] = [line(h), line(-h)]
    for (let i = 0; i < n; i++) {
      const first = (plus[i]! - minus[i]!) / (2 * h)
      const at = i * columns
      const depth = Number.isFinite(first) ? Math.min(rows[i]!, columns - 1) : 0
      rows[i] = Number.isFinite(first) ? rows[i]! + 1 : 0
      now[at] = first
      const floor = (amplification * noise[i]!) / h
      let power = 1
      for (let m = 1; m <= depth; m++) {
        power *= 4
        const [low, old] = [now[at + m - 1]!, before[at + m - 1]!]
        const next = low + (low - old) / (power - 1)
        now[at + m] = next
        const apart = Math.max(Math.abs(next - low), Math.abs(next - old)) + floor
        // two steps can agree by accident, three hardly
        if (rows[i]! < 3 || !(apart < error[i]!)) continue
        error[i] = apart
        value[i] = next
      }
      if (isOpen[i] === 1 && error[i]! <= Math.max(wanted * Math.abs(value[i]!), 2 * floor)) {
        isOpen[i] = 0
        open--
      }
    }
    ;[before, now] = [now, before]
    h /= 2
  }
  return { value, error }
}
