/** The accuracy matrix of every method as a heat map: a table whose cells are coloured and hold the accuracy in percent. */
import { averageAccuracy } from '../../metrics/averageAccuracy.js'
import type { Estimate } from '../../stats/estimate.js'
import { column, fixed } from '../format.js'
import { type Html, html } from '../html.js'
import { cell, type MethodRuns, meanMatrix } from '../summary.js'

/** Which ink reads best on a cell: the ramps of the light and the dark scheme change over at 68 % and 53 % (contrast 4:1 or more). */
const ink = (percent: number): string => (percent >= 68 ? 'high' : percent >= 53 ? 'mid' : 'low')

const percentCell = (
  { mean, half, n }: Estimate,
  { own, place }: { readonly own: boolean; readonly place: string },
): Html => {
  const percent = mean * 100
  const kind = `${ink(percent)}${own ? ' own' : ''}`
  const interval = half === null ? '' : ` ± ${fixed(half * 100, 1)}`
  const tip = `${place}: ${fixed(percent, 1)} %${interval}, ${n} ${n === 1 ? 'seed' : 'seeds'}`
  return html`<td class="${kind}" style="--v:${percent.toFixed(1)}" title="${tip}">${fixed(percent, 0)}</td>`
}

const heatMap = (method: MethodRuns): Html | null => {
  const matrix = meanMatrix(method)
  if (matrix === null) return null
  const contexts = matrix[0]?.length ?? 0
  const whole = matrix.length === 1
  const [accuracy] = column(averageAccuracy, [cell(averageAccuracy, method)])
  const headline = accuracy ? `${accuracy.mean}${accuracy.half === null ? '' : ` ± ${accuracy.half}`} %` : ''
  const rows = matrix.map(
    (row, i) =>
      html`<tr><th scope="row" class="row">${whole ? 'all' : i + 1}</th>${row.map((entry, j) =>
        percentCell(entry, {
          own: !whole && method.complete.every(({ experiences }) => experiences[i]?.context === j),
          place: `${whole ? 'after all contexts at once' : `after experience ${i + 1}`}, context ${j + 1}`,
        }),
      )}</tr>`,
  )
  const columnHeads = Array.from({ length: contexts }, (_, j) => html`<th scope="col">${j + 1}</th>`)
  return html`<figure><div class="top"><h3>${method.label}</h3><span>final ${headline}</span></div>
<table class="heat${contexts > 8 ? ' many' : ''}" style="${contexts > 8 ? `min-width:${contexts * 30 + 34}px` : ''}">
<thead><tr><th class="row"></th>${columnHeads}</tr></thead><tbody>${rows}</tbody></table></figure>`
}

/** All heat maps, in a grid that wraps; methods without a complete run are left out. */
export const heatMaps = (methods: readonly MethodRuns[]): Html => {
  const contexts = Math.max(0, ...methods.flatMap(({ runs }) => runs.map(({ accuracy }) => accuracy.untrained.length)))
  return html`<div class="heats${contexts > 8 ? ' many' : ''}">${methods.map(heatMap)}</div>`
}
