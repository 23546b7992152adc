/** What every method cost, as plain text: work by part of the run, and the estimate of energy with what it assumes. */
import { assumptions } from '../metrics/energy.js'
import type { Result } from '../record/result.js'
import { type CostGroup, type CostGroups, energyGroups, workGroups } from './costGroups.js'
import { unitOf } from './format.js'
import { byMethod, type MethodRuns } from './summary.js'
import { aligned, textTable } from './textTable.js'

/** A group as one column of text: its own columns side by side, its title above them. */
const groupLane = ({ title, lanes }: CostGroup): readonly string[] => {
  const [first = [], ...rest] = lanes.map(({ heading, metric, shown }) => [heading, unitOf(metric), ...aligned(shown)])
  const width = Math.max(...first.map((text) => text.length))
  const names = first.map((text) => text.padStart(width))
  const lines = textTable(names, rest)
  return [title, ...lines.map((line) => line.padEnd(Math.max(...lines.map((other) => other.length))))]
}

const block = (title: string, methods: readonly MethodRuns[], { groups, reasons }: CostGroups): readonly string[] => {
  if (groups.length === 0) return [title, '', ...reasons]
  const names = ['', 'method', '', ...methods.map(({ label }) => label)]
  return [title, '', ...textTable(names, groups.map(groupLane)), ...(reasons.length === 0 ? [] : ['', ...reasons])]
}

const spent = 'cost of a run, counted: products (multiply-accumulates), element operations, bytes moved'

/** Two tables with a line per method, in the given order; the last line has a line feed. Empty where there are no results. */
export const costTable = (results: readonly Result[], order: readonly string[]): string => {
  const methods = byMethod(results, order)
  if (methods.length === 0) return ''
  const energy = energyGroups(methods)
  return [
    ...block(spent, methods, workGroups(methods)),
    '',
    ...block('energy of a run, estimated', methods, energy),
    ...(energy.groups.length === 0 ? [] : ['', ...assumptions]),
    '',
  ].join('\n')
}
