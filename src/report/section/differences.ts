/** Paired differences between methods: row minus column, on the seeds that both have. */
import { averageAccuracy } from '../../metrics/averageAccuracy.js'
import { pairedDifference } from '../../stats/paired.js'
import { fixed, NONE } from '../format.js'
import { type Html, html } from '../html.js'
import { cell, type MethodRuns } from '../summary.js'

const difference = (a: MethodRuns, b: MethodRuns): Html => {
  const [left, right] = [cell(averageAccuracy, a), cell(averageAccuracy, b)]
  const found =
    left.kind === 'estimate' && right.kind === 'estimate' ? pairedDifference(left.bySeed, right.bySeed) : null
  if (a === b || found === null) return html`<td class="none">${a === b ? '' : NONE}</td>`
  const points = found.mean * 100
  const sign = points > 0 ? '+' : ''
  if (found.half === null) return html`<td>${sign}${fixed(points, 1)}</td>`
  const clear = Math.abs(found.mean) > found.half
  return html`<td class="${clear ? 'clear' : ''}">${sign}${fixed(points, 1)} <span class="half">±&nbsp;${fixed(found.half * 100, found.half < 0.00095 ? 2 : 1)}</span></td>`
}

/** A square table of differences in average accuracy, in percentage points. Bold: the interval leaves zero out. */
export const differences = (methods: readonly MethodRuns[]): Html =>
  html`<div class="box scroll"><table class="data">
<thead><tr><th scope="col">row − column</th>${methods.map(({ label }) => html`<th scope="col">${label}</th>`)}</tr></thead>
<tbody>${methods.map((a) => html`<tr><th scope="row">${a.label}</th>${methods.map((b) => difference(a, b))}</tr>`)}</tbody></table></div>`
