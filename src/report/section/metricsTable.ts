/** The main table of the page. */
import type { Look } from '../chart/series.js'
import { type Column, columns } from '../columns.js'
import { column, NONE, type Shown, unitOf } from '../format.js'
import { type Html, html } from '../html.js'
import { notes } from '../notes.js'
import type { MethodRuns } from '../summary.js'
import { swatch } from './swatch.js'

/** A mean with the half-width of its interval, or the sign for no value; `starts`: it is the first of a group of columns. */
export const shownCell = (shown: Shown | null | undefined, starts = false): Html => {
  if (!shown) return html`<td class="none${starts ? ' starts' : ''}">${NONE}</td>`
  return html`<td${starts ? html` class="starts"` : null}>${shown.mean}${shown.half === null ? null : html` <span class="half">±&nbsp;${shown.half}</span>`}</td>`
}

const heading = ({ metric, heading: text }: Column): Html =>
  html`<th scope="col"><span title="${metric.title}: ${metric.formula}">${text}</span><span class="unit">${unitOf(metric) || 'ratio'}</span></th>`

/** Where a method's accuracy was expected to be; orientation, not a test. */
export type Expected = Readonly<
  Record<string, { readonly low: number; readonly high: number; readonly source: string }>
>

const expectation = (label: string, expected: Expected): Html => {
  const range = expected[label]
  return range === undefined
    ? html`<td class="none">${NONE}</td>`
    : html`<td>${(range.low * 100).toFixed(1)} to ${(range.high * 100).toFixed(1)}</td>`
}

/** The table and its footnotes. */
export const metricsTable = (methods: readonly MethodRuns[], looks: readonly Look[], expected: Expected): Html => {
  const shownColumns = columns(methods)
  const cells = shownColumns.map(({ metric, cells: found }) => column(metric, found))
  const orientation = methods.some(({ label }) => expected[label] !== undefined)
  const sources = [...new Set(Object.values(expected).map(({ source }) => source))]
  const rows = methods.map(({ label, runs, diverged }, m) => {
    const look = looks[m]
    const seeds = diverged.length === 0 ? String(runs.length) : `${runs.length} (${diverged.length} diverged)`
    return html`<tr><th scope="row">${look === undefined ? null : swatch(look)}${label}</th><td>${seeds}</td>${cells.map(
      (lane, c) => [shownCell(lane[m]), c === 0 && orientation ? expectation(label, expected) : null],
    )}</tr>`
  })
  const remarks = [
    ...notes(methods, shownColumns),
    ...(orientation ? [`Expected: where the accuracy was expected to be before the runs. ${sources.join('; ')}.`] : []),
  ]
  return html`<div class="box scroll"><table class="data">
<thead><tr><th scope="col">method</th><th scope="col">seeds</th>${shownColumns.map((c, i) => [
    heading(c),
    i === 0 && orientation ? html`<th scope="col">expected<span class="unit">%</span></th>` : null,
  ])}</tr></thead>
<tbody>${rows}</tbody></table></div>
${remarks.length === 0 ? null : html`<ul class="notes">${remarks.map((note) => html`<li>${note}</li>`)}</ul>`}`
}
