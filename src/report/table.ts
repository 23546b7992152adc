/** The results of a folder as plain text. */
import type { Result } from '../record/result.js'
import { columns } from './columns.js'
import { column, listed, NONE, type Shown, unitOf } from './format.js'
import { notes } from './notes.js'
import { byMethod, type MethodRuns } from './summary.js'

const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - text.length)) + text
const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - text.length))
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map((text) => text.length))

/** Means under means and half-widths under half-widths. */
const aligned = (shown: readonly (Shown | null)[]): readonly string[] => {
  const means = widest(shown.map((s) => s?.mean ?? NONE))
  const halves = widest(shown.map((s) => s?.half ?? ''))
  return shown.map((s) => {
    const half = halves === 0 ? '' : s?.half ? ` ± ${padStart(s.half, halves)}` : ' '.repeat(halves + 3)
    return padStart(s?.mean ?? NONE, means) + half
  })
}

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
  const texts = shownColumns.map(({ metric, heading, cells }) => {
    const body = aligned(column(metric, cells))
    const head = [heading, unitOf(metric)]
    const width = widest([...head, ...body])
    return [...head, ...body].map((text) => padStart(text, width))
  })
  const first = names.map((text) => padEnd(text, widest(names)))
  const second = counts.map((text) => padStart(text, widest(counts)))
  const lines = first.map((name, i) => [name, second[i], ...texts.map((lane) => lane[i])].join('  ').trimEnd())
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
