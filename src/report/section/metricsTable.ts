/** The main table of the page. */
import type { Look } from '../chart/series.js'
import { type Column, columns } from '../columns.js'
import { column, NONE, type Shown, unitOf } from '../format.js'
import { type Html, html } from '../html.js'
import { notes } from '../notes.js'
import { publishedCell } from '../publishedCells.js'
import type { MethodRuns } from '../summary.js'
import type { Expectation } from '../../train/expected.js'
import { swatch } from './swatch.js'

/** A mean with the half-width of its interval, or the sign for no value; `starts`: it is the first of a group of columns. */
export const shownCell = (shown: Shown | null | undefined, starts = false): Html => {
  if (!shown) return html`<td class="none${starts ? ' starts' : ''}">${NONE}</td>`
  return html`<td${starts ? html` class="starts"` : null}>${shown.mean}${shown.half === null ? null : html` <span class="half">±&nbsp;${shown.half}</span>`}</td>`
}

const heading = ({ metric, heading: text }: Column): Html =>
  html`<th scope="col"><span title="${metric.title}: ${metric.formula}">${text}</span><span class="unit">${unitOf(metric) || 'ratio'}</span></th>`

/** What was published for a method, all its measures. */
const publishedOf = (label: string, expected: readonly Expectation[]): Html => {
  const own = expected.filter((row) => row.label === label)
  if (own.length === 0) return html`<td class="none">${NONE}</td>`
  const texts = own.map((row) => (row.measure === 'accuracy' ? publishedCell(row) : `${publishedCell(row)} (within)`))
  return html`<td>${texts.join('; ')}</td>`
}

/** The table and its footnotes. */
export const metricsTable = (
  methods: readonly MethodRuns[],
  looks: readonly Look[],
  expected: readonly Expectation[],
): Html => {
  const shownColumns = columns(methods)
  const cells = shownColumns.map(({ metric, cells: found }) => column(metric, found))
  const published = methods.some(({ label }) => expected.some((row) => row.label === label))
  const sources = [...new Set(expected.map(({ source }) => source))]
  const rows = methods.map(({ label, runs, diverged }, m) => {
    const look = looks[m]
    const seeds = diverged.length === 0 ? String(runs.length) : `${runs.length} (${diverged.length} diverged)`
    return html`<tr><th scope="row">${look === undefined ? null : swatch(look)}${label}</th><td>${seeds}</td>${cells.map(
      (lane, c) => [shownCell(lane[m]), c === 0 && published ? publishedOf(label, expected) : null],
    )}</tr>`
  })
  const remarks = [
    ...notes(methods, shownColumns),
    ...(published
      ? [`Published: ${sources.join('; ')}. V: read in a primary text; the others give orientation only.`]
      : []),
  ]
  return html`<div class="box scroll"><table class="data">
<thead><tr><th scope="col">method</th><th scope="col">seeds</th>${shownColumns.map((c, i) => [
    heading(c),
    i === 0 && published ? html`<th scope="col">published<span class="unit">%</span></th>` : null,
  ])}</tr></thead>
<tbody>${rows}</tbody></table></div>
${remarks.length === 0 ? null : html`<ul class="notes">${remarks.map((note) => html`<li>${note}</li>`)}</ul>`}`
}
