/** Values of phases over seeds and executions: numbers, courses from first to last step, and tables. */
import { mean } from '../../stats/estimate.js'
import { NONE, reading } from '../format.js'
import { type Html, html } from '../html.js'
import type { Trace } from './phaseGroups.js'

type Value = Trace['values'][string]
type Table = Exclude<Value, number>

/** A value at the first step, at the last, and its mean over the steps. */
interface Course {
  readonly first: number
  readonly last: number
  readonly mean: number
}

const courseOf = (value: Value): Course | undefined => {
  if (typeof value === 'number') return { first: value, last: value, mean: value }
  const { first, last, mean: middle } = value
  return Object.keys(value).length === 3 && first !== undefined && last !== undefined && middle !== undefined
    ? { first, last, mean: middle }
    : undefined
}

const found = (traces: readonly Trace[], key: string): readonly Value[] =>
  traces.flatMap(({ values: { [key]: value } }) => (value === undefined ? [] : [value]))

/** Names of the values, in order. */
export const keysOf = (traces: readonly Trace[]): readonly string[] => [
  ...new Set(traces.flatMap(({ values }) => Object.keys(values))),
]

/** What a value is in these traces; a number where the phase has one step counts as a course where others have more. */
export const kindOf = (traces: readonly Trace[], key: string): 'number' | 'course' | 'table' => {
  const values = found(traces, key)
  if (values.every((v) => typeof v === 'number')) return 'number'
  return values.every((v) => courseOf(v) !== undefined) ? 'course' : 'table'
}

/** Two numbers in order of time. */
export const arrow = (from: number, to: number): Html => html`${reading(from)} → ${reading(to)}`

/** The mean of a number; undefined where there is none. */
export const numberOf = (traces: readonly Trace[], key: string): number | undefined => {
  const numbers = found(traces, key).flatMap((v) => (typeof v === 'number' ? [v] : []))
  return numbers.length === 0 ? undefined : mean(numbers)
}

/** A course as first → last with its mean below; a number as it is. */
export const valueText = (traces: readonly Trace[], key: string, kind: 'number' | 'course'): Html => {
  const courses = found(traces, key).flatMap((v) => courseOf(v) ?? [])
  if (courses.length === 0) return html`${NONE}`
  const of = (field: keyof Course): number => mean(courses.map((c) => c[field]))
  return kind === 'number'
    ? html`${reading(of('mean'))}`
    : html`${arrow(of('first'), of('last'))}<span class="unit">mean ${reading(of('mean'))}</span>`
}

/** The means of a table by its keys, numbers first in rising order; a key that a run lacks counts 0 there. */
export const tableOf = (traces: readonly Trace[], key: string): readonly (readonly [string, number])[] => {
  const tables = found(traces, key).flatMap((v): readonly Table[] => (typeof v === 'number' ? [] : [v]))
  const keys = [...new Set(tables.flatMap((table) => Object.keys(table)))]
  return keys
    .toSorted((a, b) => Number(a) - Number(b))
    .map((name) => [name, mean(tables.map((table) => table[name] ?? 0))] as const)
}
