import { averageAccuracy } from '../metrics/averageAccuracy.js'
import { meanOf } from '../metrics/metric.js'
import type { Result } from '../record/result.js'
import type { Benchmark } from '../train/benchmark.js'
import { percent } from './text.js'

/** What was expected of the average accuracy of some methods and what came out, one line each; outside is a reason to look. */
export const expectationLines = (
  results: readonly Result[],
  expected: NonNullable<Benchmark['expected']>,
): readonly string[] => {
  const lines = Object.entries(expected).flatMap(([label, { low, high }]) => {
    const measured = results.filter((result) => result.label === label).map(averageAccuracy.measure)
    const values = measured.flatMap((found) => (found.kind === 'value' ? [found.value] : []))
    if (values.length === 0) return []
    const mean = meanOf(values)
    const verdict = mean < low ? 'below' : mean > high ? 'above' : 'within'
    return [`  ${label}: ${percent(mean)}, ${verdict} the ${percent(low)} to ${percent(high)} expected`]
  })
  const sources = [...new Set(Object.values(expected).map(({ source }) => source))]
  return lines.length === 0 ? [] : [`Orientation (${sources.join('; ')}):`, ...lines, '']
}
