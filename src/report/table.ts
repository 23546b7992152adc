/** The results of a folder as plain text. */
import type { Result } from '../record/result.js'
import { columns } from './columns.js'
import { column, listed, unitOf } from './format.js'
import { notes } from './notes.js'
import { byMethod, type MethodRuns } from './summary.js'
import { aligned, textTable } from './textTable.js'

const seedsOf = ({ runs, diverged }: MethodRuns): string =>
  diverged.length === 0 ? String(runs.length) : `${runs.length} (${diverged.length} diverged)`

const seedText = (results: readonly Result[]): string => {
  const seeds = [...new Set(results.map(({ seed }) => seed))].toSorted((a, b) => a - b)
  return `${seeds.length === 1 ? 'seed' : 'seeds'} ${listed(seeds)}`
}

/**
 * A table of the results of one benchmark: a line per method in the given order, means over seeds with the half-width of
 * their 95 % interval, costs, and notes on what is missing and why. Lines end without spaces; the last has a line feed.
 */
export const table = (results: readonly Result[], order: readonly string[]): string => {
  const methods = byMethod(results, order)
  if (methods.length === 0) return 'No results.\n'
  const shownColumns = columns(methods)
  const names = ['method', '', ...methods.map(({ label }) => label)]
  const counts = ['seeds', '', ...methods.map(seedsOf)]
  const texts = shownColumns.map(({ metric, heading, cells }) => [
    heading,
    unitOf(metric),
    ...aligned(column(metric, cells)),
  ])
  const lines = textTable(names, [counts, ...texts])
  const benchmarks = [...new Set(results.map(({ benchmark }) => benchmark))]
  const alone = methods.every(({ complete }) => complete.length < 2)
  const interval = alone ? 'one seed: no interval' : 'mean ± half-width of the 95 % interval over seeds (Student t)'
  const remarks = notes(methods, shownColumns)
  return [
    `${benchmarks.join(', ')} · ${seedText(results)} · ${interval}`,
    '',
    ...lines,
    ...(remarks.length > 0 ? ['', ...remarks] : []),
    '',
  ].join('\n')
}
