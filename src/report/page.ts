/** The results of one benchmark as one HTML page that needs nothing but itself. */
import * as E from 'fp-ts/lib/Either.js'
import { incremental } from '../metrics/incremental.js'
import { metrics } from '../metrics/registry.js'
import type { Result } from '../record/result.js'
import type { Expectation } from '../train/expected.js'
import { accuracyChart, progressOf } from './chart/accuracyChart.js'
import { render } from './chart/render.js'
import { type Look, looks } from './chart/series.js'
import { bibliography, type Cited } from './cite.js'
import { embed } from './embed.js'
import { listed } from './format.js'
import { type Html, html, trusted } from './html.js'
import { costCharts, energyTable, memoryTable, workTable } from './section/costs.js'
import { differences } from './section/differences.js'
import { heatMaps } from './section/heatMaps.js'
import { metricsTable } from './section/metricsTable.js'
import { phases } from './section/phases.js'
import { style } from './section/style.js'
import { swatch } from './section/swatch.js'
import { byMethod, type MethodRuns } from './summary.js'

/** What a page is made from. `order`: labels in the benchmark's order; `citations`: the plugins, of which those used are cited. */
export interface PageInput {
  readonly title: string
  readonly description: string
  readonly results: readonly Result[]
  readonly order: readonly string[]
  readonly citations: readonly Cited[]
  /** Published figures of the methods. */
  readonly expected?: readonly Expectation[]
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`

const overview = (results: readonly Result[], methods: readonly MethodRuns[]): string => {
  const [first] = results
  if (first === undefined) return 'There are no results yet.'
  const seeds = [...new Set(results.map(({ seed }) => seed))].toSorted((a, b) => a - b)
  const kind = incremental(first)
  const scenario = E.isRight(kind) ? `, ${kind.right}-incremental` : ''
  const interval =
    seeds.length === 1
      ? 'One seed gives no interval: read no small difference from it.'
      : 'Numbers are means over seeds; ± is half the width of the 95 % interval of the mean (Student t).'
  const contexts = first.accuracy.untrained.length
  return `${counted(methods.length, 'method')} on ${first.benchmark} (${counted(contexts, 'context')}${scenario}), ${
    seeds.length === 1 ? 'seed' : 'seeds'
  } ${listed(seeds)}. ${interval}`
}

const progressSection = async (methods: readonly MethodRuns[], styles: readonly Look[]): Promise<Html | null> => {
  const progress = methods.flatMap((method, m) => {
    const look = styles[m]
    return look === undefined ? [] : (progressOf(method, look) ?? [])
  })
  if (!progress.some(({ whole }) => !whole)) return null
  const ends = progress.map(
    ({ look, estimates }) => `${look.label} ends at ${((estimates.at(-1)?.mean ?? 0) * 100).toFixed(1)} %`,
  )
  const said = `Mean accuracy on the contexts seen so far, by experience: ${ends.join('; ')}.`
  const wide = await render(accuracyChart(progress, { width: 940, labelled: true }), said)
  const narrow = await render(accuracyChart(progress, { width: 350, labelled: false }), said)
  const whole = progress.filter((p) => p.whole).map(({ look }) => look.label)
  return html`<section><h2>Accuracy over experiences</h2>
<p class="soft">Mean test accuracy on the contexts seen so far. Bands are 95 % intervals.${
    whole.length === 0 ? null : ` ${listed(whole)} saw all contexts at once: its final accuracy, drawn as a level.`
  }</p>
<div class="box chart"><div class="wide">${wide}</div><div class="narrow"><ul class="legend">${progress.map(
    ({ look }) => html`<li>${swatch(look)}${look.label}</li>`,
  )}</ul>${narrow}</div></div></section>`
}

const definitions = (): Html =>
  html`<details><summary>How the numbers are defined</summary>
<p class="soft" style="margin-top:12px">R[i][j] is the accuracy on context j after experience i, b[j] that of the untrained network, T the number of contexts, counted from 1.</p>
<dl class="terms">${metrics.map(
    ({ id, title, formula, source, domain }) =>
      html`<div><dt>${title} <code>${id}</code></dt><dd>${formula}</dd><dd>${source}. Defined for ${domain}.</dd></div>`,
  )}</dl></details>`

const sources = (methods: readonly MethodRuns[], plugins: readonly Cited[]): Html | null => {
  const entries = bibliography(
    methods.flatMap(({ strategies }) => strategies),
    plugins,
  )
  return entries.length === 0
    ? null
    : html`<section><h2>Sources of the methods</h2><ul class="sources">${entries.map(
        ({ strategy, text }) => html`<li><strong>${strategy}</strong> ${text}</li>`,
      )}</ul></section>`
}

const machines = (results: readonly Result[]): string => {
  const made = [
    ...new Set(results.map(({ manifest: m }) => `engram ${m.version}, ${m.engine}, Node ${m.node}, ${m.machine}`)),
  ]
  return `Made with ${made.join('; ')}. Where and when a run was made is no part of its result.`
}

const data = (results: readonly Result[]): unknown => results.map(({ manifest: _, traces: __, ...rest }) => rest)

/** The whole page, from `<!doctype html>` on; the same results give the same bytes. */
export const page = async ({
  title,
  description,
  results,
  order,
  citations,
  expected = [],
}: PageInput): Promise<string> => {
  const methods = byMethod(results, order)
  const styles = looks(methods)
  const phaseTables = phases(methods)
  const body = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${trusted(style)}</style></head>
<body><main>
<header><h1>${title}</h1>${description === '' ? null : html`<p>${description}</p>`}<p class="soft">${overview(results, methods)}</p></header>
<section><h2>Results</h2>
<p class="soft">Accuracy is the mean over all contexts at the end; learning, the mean just after each was trained. Forgetting is against the best earlier accuracy. Compute covers all training and phases of one run; memory, what the method keeps beyond the network and its optimiser.</p>
${metricsTable(methods, styles, expected)}
${methods.length < 2 ? null : html`<details><summary>Differences between methods, paired by seed</summary><p class="soft" style="margin-top:12px">Average accuracy in percentage points, row minus column. With one seed both methods see the same stream, the same initial weights and the same batches. Bold: the 95 % interval leaves zero out.</p>${differences(methods)}</details>`}
${definitions()}</section>
${await progressSection(methods, styles)}
${
  methods.every(({ complete }) => complete.length === 0)
    ? null
    : html`<section><h2>Accuracy matrices</h2>
<p class="soft">Test accuracy in %. A row is the state after an experience, a column a context; framed is the context just trained. Down a column one sees a context being forgotten.</p>
${heatMaps(methods)}</section>
<section><h2>Cost</h2>
<p class="soft">Counted, not timed: products, each added to a sum (multiply-accumulates, 1 GMAC = 10⁹), element operations (1 Gop = 10⁹), bytes that kernels read and write (1 GB = 10⁹). Learning is training, sleep and consolidation; evaluation is what measuring cost.</p>
${await costCharts(methods, styles)}
${workTable(methods, styles)}
<details><summary>Memory and rows read, per run</summary>${memoryTable(methods, styles)}</details></section>
<section><h2>Energy, estimated</h2>
${energyTable(methods, styles)}</section>`
}
${phaseTables === null ? null : html`<section><h2>Sleep and other phases</h2>${phaseTables}</section>`}
${sources(methods, citations)}
<footer>${machines(results)}</footer>
</main>
${embed('results', data(results))}
</body></html>
`
  return body.html
}
