/** What every method cost: accuracy and forgetting against compute and memory, and the counted quantities. */
import { averageAccuracy } from '../../metrics/averageAccuracy.js'
import { evaluationMacs, keptBytes, learningMacs, phasesMacs, trainingMacs } from '../../metrics/costs.js'
import { forgettingChaudhry } from '../../metrics/forgettingChaudhry.js'
import type { Metric } from '../../metrics/metric.js'
import type { Result } from '../../record/result.js'
import { mean } from '../../stats/estimate.js'
import { type CostPoint, costChart } from '../chart/costChart.js'
import { render } from '../chart/render.js'
import type { Look } from '../chart/series.js'
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

/** Everything that was counted, per run: multiply-accumulates, bytes kept between steps, rows read. */
export const costTable = (methods: readonly MethodRuns[], looks: readonly Look[]): Html => {
  const spent = [trainingMacs, phasesMacs, evaluationMacs]
  const lanes = spent.map((metric) =>
    column(
      metric,
      methods.map((method) => cell(metric, method)),
    ),
  )
  const rows = methods.map(({ label, complete }, m) => {
    const look = looks[m]
    return html`<tr><th scope="row">${look === undefined ? null : swatch(look)}${label}</th>${lanes.map((lane) => shownCell(lane[m]))}
${kept(complete, (b) => b.parameters)}${kept(complete, (b) => b.optimiser)}${kept(complete, (b) => b.strategy)}${kept(complete, (b) => b.buffers)}
<td class="left">${rowsRead(complete)}</td></tr>`
  })
  const head = (title: string, unit: string): Html =>
    html`<th scope="col">${title}<span class="unit">${unit}</span></th>`
  return html`<div class="box scroll"><table class="data">
<thead><tr><th scope="col">method</th>${spent.map((metric) => head(metric.title, unitOf(metric)))}${['network', 'optimiser', 'strategy', 'buffers'].map((title) => head(title, 'kB'))}<th scope="col" class="left">rows read<span class="unit">by source</span></th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}
