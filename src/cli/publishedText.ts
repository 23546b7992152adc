/** The table of published figures on a terminal: in as few columns as the width asks for. */
import { type Judged, tally } from '../report/published.js'
import { marginCell, nameCell, oursCell, publishedCell, remarkOf, verdictCell } from '../report/publishedCells.js'
import type { Paint } from './paint.js'
import { counted, fit, wrapped } from './text.js'

interface Column {
  readonly heading: string
  readonly text: (judged: Judged, seeds: number) => string
}

const columns = {
  published: { heading: 'published', text: ({ row }) => publishedCell(row) },
  margin: { heading: 'margin', text: ({ row }) => marginCell(row) },
  ours: { heading: 'ours', text: oursCell },
  seeds: { heading: 'seeds', text: ({ runs }, seeds) => `${runs}/${seeds}` },
  verdict: { heading: 'verdict', text: verdictCell },
} satisfies Readonly<Record<string, Column>>

const { published, margin, ours, seeds: runs, verdict } = columns

/** The least important columns are left out first; without a remark beside it, a verdict has it on a line of its own. */
const layouts: readonly { readonly shown: readonly Column[]; readonly beside: boolean }[] = [
  { shown: [published, margin, ours, runs, verdict], beside: true },
  { shown: [published, margin, ours, runs, verdict], beside: false },
  { shown: [published, ours, runs, verdict], beside: false },
  { shown: [published, ours, verdict], beside: false },
  { shown: [ours, verdict], beside: false },
]

const lengthOf = (text: string): number => [...text].length

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(lengthOf))

const markOf = ({ verdict: found }: Judged, paint: Paint): string => {
  switch (found?.kind) {
    case 'equivalent':
      return paint.good('✓')
    case 'different':
      return paint.bad('✗')
    case 'undecided':
      return '?'
    default:
      return paint.faint('–')
  }
}

const painted = (text: string, { verdict: found }: Judged, paint: Paint): string =>
  found?.kind === 'equivalent' ? paint.good(text) : found?.kind === 'different' ? paint.bad(text) : text

/** Lines of the rows of one benchmark, headed, within `width` columns; `seeds`: how many the file lists. */
export const publishedLines = (
  rows: readonly Judged[],
  { seeds, width, paint }: { readonly seeds: number; readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const names = rows.map(({ row }) => nameCell(row))
  const longest = widest(['method', ...names])
  const measured = layouts.map(({ shown, beside }) => {
    const widths = shown.map(({ heading, text }) => widest([heading, ...rows.map((row) => text(row, seeds))]))
    const remarks = beside ? Math.max(0, ...rows.map((row) => lengthOf(remarkOf(row)))) : 0
    const total = widths.reduce((sum, w) => sum + 2 + w, 2) + (remarks === 0 ? 0 : remarks + 2)
    return { shown, beside, widths, total }
  })
  const layout = measured.find(({ total }) => total + longest <= width) ?? measured.at(-1)
  if (layout === undefined) return []
  const { shown, beside, widths, total } = layout
  const nameWidth = Math.min(longest, Math.max(8, width - total))
  const padded = (cells: readonly string[]): readonly string[] => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0))
  const head = ['  ' + 'method'.padEnd(nameWidth), ...padded(shown.map(({ heading }) => heading))].join('  ').trimEnd()
  const lines = rows.flatMap((judged, i) => {
    const remark = remarkOf(judged)
    const cells = padded(shown.map(({ text }) => text(judged, seeds)))
    const last = cells.at(-1) ?? ''
    const name = fit(names[i] ?? '', nameWidth).padEnd(nameWidth)
    const end =
      beside && remark !== '' ? [painted(last, judged, paint), remark] : [painted(last.trimEnd(), judged, paint)]
    const line = [`${markOf(judged, paint)} ${name}`, ...cells.slice(0, -1), ...end].join('  ').trimEnd()
    return beside || remark === '' ? [line] : [line, `    ${remark}`]
  })
  return [paint.faint(fit(head, width)), ...lines]
}

const legend =
  'Per cent. ours: mean and half of its 95 % interval. V: read in a primary text, and only such figures get a verdict. ' +
  'equivalent: our 90 % interval lies inside published ± margin; different: our 95 % interval lies wholly outside; ' +
  'undecided: at how many seeds it would be decided, if mean and spread stay as they are.'

/** What the columns mean, in lines of at most `width` columns and never more than 80. */
export const publishedLegend = (width: number): readonly string[] => wrapped(legend, Math.min(80, width))

/** Reasons why rows have not been run, each once. */
export const reasonLines = (rows: readonly Judged[]): readonly string[] =>
  [...new Set(rows.flatMap(({ missing }) => missing ?? []))].map((reason) => `  not run: ${reason}`)

/** The last line: what all rows came to. */
export const publishedSummary = (rows: readonly Judged[]): string => {
  const { unjudged, ...verdicts } = tally(rows)
  const total = rows.length - unjudged
  const found = Object.entries(verdicts).flatMap(([kind, n]) => (n === 0 ? [] : [`${n} ${kind}`]))
  const without = unjudged === 0 ? '' : `; ${unjudged} without a verdict`
  return `${counted(total, 'verified figure')}${found.length === 0 ? '' : `: ${found.join(', ')}`}${without}`
}
