/** One table for a phase and the probes around it: a line of numbers per boundary, and below it the rows by output. */
import { mean } from '../../stats/estimate.js'
import { amount, gmac, listed, NONE } from '../format.js'
import { type Html, html } from '../html.js'
import { type PhaseGroup, rowsOf, type Trace } from './phaseGroups.js'
import { arrow, keysOf, kindOf, numberOf, tableOf, valueText } from './phaseValues.js'

interface Column {
  readonly title: string
  readonly unit: string
  readonly text: (here: readonly Trace[]) => Html
}

const named = (traces: readonly Trace[], name: string): readonly Trace[] => traces.filter(({ phase }) => phase === name)

const of = (traces: readonly Trace[], field: (trace: Trace) => number): number =>
  traces.length === 0 ? 0 : mean(traces.map(field))

/** What a phase was granted and spent. */
const spending = (name: string, prefix: string): readonly Column[] => [
  {
    title: `${prefix}steps`,
    unit: 'granted of asked',
    text: (here) => {
      const own = named(here, name)
      return html`${amount(of(own, (x) => x.granted))} of ${amount(of(own, (x) => x.asked))}`
    },
  },
  { title: `${prefix}cost`, unit: 'GMAC', text: (here) => html`${gmac(of(named(here, name), (x) => x.macs))}` },
]

/** What the probes measured, side by side. */
const probing = (traces: readonly Trace[]): readonly Column[] => {
  const both = traces.filter(({ phase }) => phase === 'before' || phase === 'after')
  return keysOf(both)
    .filter((key) => kindOf(both, key) === 'number')
    .map((key) => ({
      title: key,
      unit: 'before → after',
      text: (here) => {
        const from = numberOf(named(here, 'before'), key)
        const to = numberOf(named(here, 'after'), key)
        return from === undefined || to === undefined ? html`${NONE}` : arrow(from, to)
      },
    }))
}

/** What a phase reported of its steps. */
const reporting = (traces: readonly Trace[], name: string, prefix: string): readonly Column[] => {
  const all = named(traces, name)
  return keysOf(all).flatMap((key): readonly Column[] => {
    const kind = kindOf(all, key)
    if (kind === 'table') return []
    const text = (here: readonly Trace[]): Html => valueText(named(here, name), key, kind)
    return [{ title: `${prefix}${key}`, unit: kind === 'course' ? 'first → last step' : '', text }]
  })
}

const columnsOf = ({ traces, names, probed }: PhaseGroup): readonly Column[] => {
  const prefix = (name: string): string => (names.length === 1 ? '' : `${name}: `)
  return [
    ...names.flatMap((name) => spending(name, prefix(name))),
    ...(probed ? probing(traces) : []),
    ...names.flatMap((name) => reporting(traces, name, prefix(name))),
  ]
}

const strip = (here: readonly Trace[], key: string, span: number): Html | null => {
  const table = tableOf(here, key)
  if (table.length === 0) return null
  const draw = rowsOf(key)
  const total = amount(table.reduce((sum, [, n]) => sum + n, 0))
  const lead = draw === undefined ? key : html`${total} rows of ${draw}, by output`
  return html`<tr class="strip"><td colspan="${span}"><div><span class="lead">${lead}</span>${table.map(
    ([name, n]) => html`<span class="chip"><b>${name}</b> ${amount(n)}</span>`,
  )}</div></td></tr>`
}

const strips = (here: readonly Trace[], names: readonly string[], span: number): readonly (Html | null)[] =>
  names.flatMap((name) => {
    const own = named(here, name)
    return keysOf(own)
      .filter((key) => kindOf(own, key) === 'table')
      .map((key) => strip(own, key, span))
  })

/** What the measurements themselves cost; they are no part of the budget of what they enclose. */
const probeNote = ({ traces, names }: PhaseGroup): Html => {
  const before = named(traces, 'before')
  const rows = keysOf(before)
    .filter((key) => rowsOf(key) !== undefined)
    .map((key) => amount(of(before, ({ values: { [key]: v } }) => sumOf(v))))
  const cost = gmac(of(before, (x) => x.macs) + of(named(traces, 'after'), (x) => x.macs))
  const on = rows.length === 0 ? '' : ` on ${listed(rows)} rows each`
  return html`<p class="under">The measurements before and after are phases of their own${on}. Together they cost ${cost} GMAC a time, which is not part of the budget or the cost of ${listed(names)}.</p>`
}

const sumOf = (value: Trace['values'][string] | undefined): number => {
  if (value === undefined || typeof value === 'number') return value ?? 0
  return Object.values(value).reduce((sum, n) => sum + n, 0)
}

/** The table of a group; when phases ran several times in an experience, its means are over these too. */
export const phaseTable = (group: PhaseGroup): Html => {
  const { method, strategy, names, probed, traces, runs } = group
  const columns = columnsOf(group)
  const experiences = [...new Set(traces.map(({ experience }) => experience))].toSorted((a, b) => a - b)
  const times = (here: readonly Trace[]): number => named(here, names[0] ?? '').length / runs
  const groups = experiences.map((experience) => traces.filter((trace) => trace.experience === experience))
  const often = groups.some((here) => times(here) > 1)
  const first = often ? 'in experience' : 'after experience'
  const bodies = groups.map((here, i) => {
    const count = often ? html` <span class="half">${amount(times(here))} times</span>` : null
    const cells = columns.map(
      ({ title, unit, text }) =>
        html`<td data-head="${unit === '' ? title : `${title}, ${unit}`}"><span>${text(here)}</span></td>`,
    )
    return html`<tbody><tr><th scope="row"><span class="long">${first} </span>${(experiences[i] ?? 0) + 1}${count}</th>${cells}</tr>${strips(here, names, columns.length + 1)}</tbody>`
  })
  return html`<div class="box scroll"><table class="data phase${columns.length < 4 ? ' slim' : ''}"><caption>${method} <span>${strategy}/${listed(names)}</span></caption>
<thead><tr><th scope="col">${first}</th>${columns.map(({ title, unit }) => html`<th scope="col">${title}<span class="unit">${unit}</span></th>`)}</tr></thead>
${bodies}</table>${probed ? probeNote(group) : null}</div>`
}
