/** The table of `engram gradcheck`: one row an item, kind after kind, in as many columns as fit. */
import type { Column, Item, Kind } from '../testing/gradcheck/item.js'
import type { Paint } from './paint.js'
import { counted, fit } from './text.js'

/** An item with what all of its instances gave together. */
export interface Checked {
  readonly item: Item
  readonly worst: Readonly<Partial<Record<Column, number>>>
  /** Name of the instance, and what it said. */
  readonly failures: readonly (readonly [string, string])[]
}

const headings: Readonly<Record<Kind, string>> = {
  primitive: 'primitives',
  activation: 'activation functions',
  loss: 'losses',
  layer: 'layers',
  model: 'models',
  strategy: 'terms of strategies',
  optimiser: 'optimisers',
  yours: 'exports of the file',
}

/** A kind as a heading of the table. */
export const headingOf = (kind: Kind): string => headings[kind]

const small = (x: number): string => (x === 0 ? '0' : Number.isFinite(x) ? x.toExponential(1) : String(x))

interface Shown {
  readonly title: string
  /** What it means, for the legend. */
  readonly means: string
  readonly width: number
  readonly text: (checked: Checked) => string
}

const numbers = (title: string, column: Column, show: (x: number) => string, means: string): Shown => ({
  title,
  means,
  width: Math.max(title.length, 7),
  text: ({ worst }) => {
    const x = worst[column]
    return x === undefined ? '–' : show(x)
  },
})

const cases: Shown = { title: 'cases', means: '', width: 5, text: ({ item }) => String(item.instances.length) }
const modes = numbers('modes', 'consistency', small, 'reverse against forward mode')
const differences = numbers(
  'differences',
  'differences',
  small,
  'derivatives against differences in f64 (optimisers: steps in f32 against their formula), as a fraction of the largest entry',
)
const second = numbers('2nd order', 'second order', small, 'Hessian-vector products')
const ofBits = (n: number): string => (n === 0 ? 'same' : 'other')
const bits: Shown = { ...numbers('bits', 'bits', ofBits, 'compiled against the reference, in f32'), width: 5 }
const bound: Shown = {
  ...numbers(
    'bound',
    'bound',
    (x) => x.toFixed(2),
    'the distance of f32 and f64 as a fraction of the derived bound of rounding',
  ),
  width: 5,
}

/** Columns in order, the least important of them left out first. */
const layouts: readonly (readonly Shown[])[] = [
  [cases, modes, differences, second, bits, bound],
  [modes, differences, second, bits, bound],
  [differences, second, bits, bound],
  [differences, bits, bound],
  [differences, bits],
  [differences],
  [],
]

const widthOf = (shown: readonly Shown[]): number => shown.reduce((n, { width }) => n + 2 + width, 0)

/** Lines of a table whose first column holds `names`, not wider than `width`. */
export interface Table {
  readonly heading: (kind: Kind) => string
  readonly row: (checked: Checked) => string
  /** What the columns mean. */
  readonly legend: string
}

/** The table for these items on a terminal of `width` columns (infinite: a pipe). */
export const tableOf = (items: readonly Item[], width: number, paint: Paint): Table => {
  const longest = Math.max(...items.map(({ name }) => name.length), ...Object.values(headings).map((h) => h.length))
  const shown = layouts.find((layout) => 2 + longest + widthOf(layout) <= width) ?? []
  const nameWidth = Math.max(1, Math.min(longest, width - 2 - widthOf(shown)))
  const line = (cells: readonly string[]): string => cells.join('  ').trimEnd()
  return {
    legend: shown.flatMap(({ title, means }) => (means === '' ? [] : [`${title}: ${means}`])).join('; '),
    heading: (kind) => {
      const titles = shown.map(({ title, width: w }) => paint.faint(title.padStart(w)))
      const plain = fit(headings[kind], nameWidth + 2)
      return line([paint.strong(plain) + ' '.repeat(nameWidth + 2 - [...plain].length), ...titles])
    },
    row: (checked) => {
      const { item, failures } = checked
      const good = failures.length === 0
      const name = fit(item.name, nameWidth).padEnd(nameWidth)
      const mark = good ? paint.good('✓') : paint.bad('✗')
      if (item.instances.length === 0)
        return line([`${paint.faint('–')} ${name}`, paint.faint(fit(item.note ?? '', widthOf(shown)))])
      const cells = shown.map(({ text, width: w }) => text(checked).padStart(w))
      return line([`${mark} ${good ? name : paint.bad(name)}`, ...cells])
    },
  }
}

/** The last line: what was found. */
export const verdict = (all: readonly Checked[], seconds: number): string => {
  const bad = all.filter(({ failures }) => failures.length > 0).length
  const instances = all.reduce((n, { item }) => n + item.instances.length, 0)
  const found = bad === 0 ? 'all right' : `${counted(bad, 'item')} of ${all.length} wrong`
  return `${found}: ${counted(all.length, 'item')}, ${counted(instances, 'case')}, ${Math.round(seconds)}s`
}
