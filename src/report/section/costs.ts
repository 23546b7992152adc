/** What every method cost: accuracy and forgetting against compute and memory, and the counted quantities. */
import { averageAccuracy } from '../../metrics/averageAccuracy.js'
import { keptBytes, learningMacs } from '../../metrics/costs.js'
import { assumptions } from '../../metrics/energy.js'
import { forgettingChaudhry } from '../../metrics/forgettingChaudhry.js'
import type { Metric } from '../../metrics/metric.js'
import { peakBytes } from '../../metrics/work.js'
import type { Result } from '../../record/result.js'
import { mean } from '../../stats/estimate.js'
import { type CostPoint, costChart } from '../chart/costChart.js'
import { render } from '../chart/render.js'
import type { Look } from '../chart/series.js'
import { type CostGroups, energyGroups, workGroups } from '../costGroups.js'
import { column, kilobytes, NONE, unitOf } from '../format.js'
import { type Html, html } from '../html.js'
import { cell, type MethodRuns } from '../summary.js'
import { shownCell } from './metricsTable.js'
import { swatch } from './swatch.js'

const pointsOf = (
  methods: readonly MethodRuns[],
  looks: readonly Look[],
  cost: Metric,
  outcome: Metric,
): readonly CostPoint[] =>
  methods.flatMap((method, m) => {
    const spent = cell(cost, method)
    const got = cell(outcome, method)
    const look = looks[m]
    const scale = cost.unit === 'bytes' ? 1e3 : 1e9
    return spent.kind === 'estimate' && got.kind === 'estimate' && look !== undefined
      ? [{ look, cost: spent.estimate.mean / scale, outcome: got.estimate }]
      : []
  })

const charts = [
  { title: 'Accuracy against compute', cost: learningMacs, outcome: averageAccuracy, axis: 'compute, GMAC per run' },
  {
    title: 'Accuracy against memory',
    cost: keptBytes,
    outcome: averageAccuracy,
    axis: 'memory beyond the network, kB',
  },
  {
    title: 'Forgetting against compute',
    cost: learningMacs,
    outcome: forgettingChaudhry,
    axis: 'compute, GMAC per run',
  },
  {
    title: 'Forgetting against memory',
    cost: keptBytes,
    outcome: forgettingChaudhry,
    axis: 'memory beyond the network, kB',
  },
]

/** The charts; one without any point is left out. */
export const costCharts = async (methods: readonly MethodRuns[], looks: readonly Look[]): Promise<Html> => {
  const drawn = await Promise.all(
    charts.map(async ({ title, cost, outcome, axis }) => {
      const points = pointsOf(methods, looks, cost, outcome)
      if (points.length === 0) return null
      const said = points
        .map((p) => `${p.look.label} ${(p.outcome.mean * 100).toFixed(1)} % at ${p.cost.toFixed(1)}`)
        .join('; ')
      const chart = await render(costChart(points, { cost: axis, width: 390 }), `${title} (${axis}): ${said}.`)
      return html`<div class="box"><h3>${title}</h3>${chart}</div>`
    }),
  )
  return html`<div class="quartet">${drawn}</div>`
}

const rowsRead = (runs: readonly Result[]): string => {
  const sources = [...new Set(runs.flatMap(({ costs }) => Object.keys(costs.rowsRead)))].toSorted()
  const each = sources.map(
    (source) => `${source} ${Math.round(mean(runs.map(({ costs }) => costs.rowsRead[source] ?? 0)))}`,
  )
  return each.length === 0 ? NONE : each.join(', ')
}

type Bytes = Result['costs']['bytes']

const kept = (runs: readonly Result[], of: (bytes: Bytes) => number): Html =>
  runs.length === 0
    ? html`<td class="none">${NONE}</td>`
    : html`<td>${kilobytes(mean(runs.map(({ costs }) => of(costs.bytes))))}</td>`

const head = (title: string, unit: string, starts = false): Html =>
  html`<th scope="col"${starts ? html` class="starts"` : null}>${title}<span class="unit">${unit}</span></th>`

const rowHead = (label: string, look: Look | undefined): Html =>
  html`<th scope="row">${look === undefined ? null : swatch(look)}${label}</th>`

/** Columns in groups, a line per method; below it why a method has no value. */
const groupedTable = (
  methods: readonly MethodRuns[],
  looks: readonly Look[],
  { groups, reasons }: CostGroups,
): Html => {
  const lanes = groups.flatMap((group) => group.lanes.map((lane, i) => ({ ...lane, starts: i === 0 })))
  const rows = methods.map(
    ({ label }, m) =>
      html`<tr>${rowHead(label, looks[m])}${lanes.map(({ shown, starts }) => shownCell(shown[m], starts))}</tr>`,
  )
  const table = html`<div class="box scroll"><table class="data">
<thead><tr><th rowspan="2" scope="col">method</th>${groups.map(
    ({ title, lanes: own }) => html`<th scope="colgroup" class="group" colspan="${own.length}">${title}</th>`,
  )}</tr><tr class="under-group">${lanes.map(({ heading, metric, starts }) => head(heading, unitOf(metric), starts))}</tr></thead>
<tbody>${rows}</tbody></table></div>`
  return html`${groups.length === 0 ? null : table}${
    reasons.length === 0 ? null : html`<ul class="notes">${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`
  }`
}

/** Work of training, of phases and of evaluation. */
export const workTable = (methods: readonly MethodRuns[], looks: readonly Look[]): Html =>
  groupedTable(methods, looks, workGroups(methods))

/** The estimate of energy, with what it assumes. */
export const energyTable = (methods: readonly MethodRuns[], looks: readonly Look[]): Html => {
  const energy = energyGroups(methods)
  const notes = html`<ul class="notes">${assumptions.map((assumption) => html`<li>${assumption}</li>`)}</ul>`
  return html`${groupedTable(methods, looks, energy)}${energy.groups.length === 0 ? null : notes}`
}

/** Memory and rows read: bytes kept between steps, the most that a step needs at once, and rows by source. */
export const memoryTable = (methods: readonly MethodRuns[], looks: readonly Look[]): Html => {
  const peaks = column(
    peakBytes,
    methods.map((method) => cell(peakBytes, method)),
  )
  const peaked = peaks.some((shown) => shown !== null)
  const rows = methods.map(
    ({ label, complete }, m) => html`<tr>${rowHead(label, looks[m])}
${kept(complete, (b) => b.parameters)}${kept(complete, (b) => b.optimiser)}${kept(complete, (b) => b.strategy)}${kept(complete, (b) => b.buffers)}${peaked ? shownCell(peaks[m]) : null}
<td class="left">${rowsRead(complete)}</td></tr>`,
  )
  return html`<div class="box scroll"><table class="data">
<thead><tr><th scope="col">method</th>${['network', 'optimiser', 'strategy', 'buffers'].map((title) => head(title, 'kB'))}${peaked ? head('peak of a step', unitOf(peakBytes)) : null}<th scope="col" class="left">rows read<span class="unit">by source</span></th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}
