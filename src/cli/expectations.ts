import type { Result } from '../record/result.js'
import { judge } from '../report/published.js'
import type { Benchmark } from '../train/benchmark.js'
import type { Paint } from './paint.js'
import { publishedLines } from './publishedText.js'

/** Published figures beside what came out, for the labels that have results; nothing where there are none. */
export const expectationLines = (
  results: readonly Result[],
  { expected = [], seeds }: Pick<Benchmark, 'expected' | 'seeds'>,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const run = expected.filter(({ label }) => results.some((result) => result.label === label))
  if (run.length === 0) return []
  const sources = [...new Set(run.map(({ source }) => source))]
  return [
    `Published (${sources.join('; ')}):`,
    ...publishedLines(judge(run, results), { seeds: seeds.length, width, paint }),
    '',
  ]
}
