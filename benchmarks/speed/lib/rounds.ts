/** Work to time, in rounds that interleave everything that is compared: what disturbs one disturbs its neighbours. */

/** Something repeatable. `prepare` makes what `steps` repetitions need, outside of the clock, and gives what is timed. */
export interface Work {
  readonly name: string
  /** Floating-point operations of one step. */
  readonly flop: number
  readonly prepare: (steps: number) => () => void
}

/** Times of one step, ms. The tenth percentile is what a quiet machine gives. */
export interface Times {
  readonly median: number
  readonly p10: number
  readonly p90: number
}

/** The value below which a share `q` of the values lies. */
export const quantile = (values: readonly number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.round(q * (values.length - 1))] ?? Number.NaN

/** Median and percentiles. */
export const timesOf = (values: readonly number[]): Times => ({
  median: quantile(values, 0.5),
  p10: quantile(values, 0.1),
  p90: quantile(values, 0.9),
})

/** Milliseconds of one step, the mean of `steps` of them. */
export const timed = (work: Work, steps: number): number => {
  const go = work.prepare(steps)
  const from = performance.now()
  go()
  return (performance.now() - from) / steps
}

/** Warms up for at least `milliseconds`; then the number of steps that take about a tenth of it, at most 5,000. */
export const warm = (work: Work, milliseconds: number): number => {
  let steps = 1
  for (let spent = 0; spent < milliseconds; ) {
    const each = timed(work, steps)
    spent += each * steps
    steps = Math.max(1, Math.min(5000, Math.round(milliseconds / 10 / each)))
  }
  return steps
}

/** How long to measure: rounds, and milliseconds of one work in one round. */
export interface Length {
  readonly rounds: number
  readonly milliseconds: number
}

/** Times of one step of each work by name, each round all works in order. */
export const interleaved = (
  works: readonly Work[],
  { rounds, milliseconds }: Length,
): ReadonlyMap<string, readonly number[]> => {
  const steps = works.map((work) => warm(work, 10 * milliseconds))
  const times = works.map((): number[] => [])
  for (let round = 0; round < rounds; round++) works.forEach((work, i) => times[i]?.push(timed(work, steps[i] ?? 1)))
  return new Map(works.map(({ name }, i) => [name, times[i] ?? []]))
}
