/** What phases (sleep, consolidation) were granted, spent and reported, means over seeds. */
import { mean } from '../../stats/estimate.js'
import { amount, listed } from '../format.js'
import { type Html, html } from '../html.js'
import type { MethodRuns } from '../summary.js'
import { outputsNote } from './outputsNote.js'
import { isBookkeeping, type PhaseGroup, phaseGroups, rowsOf } from './phaseGroups.js'
import { phaseTable } from './phaseTable.js'
import { keysOf, tableOf } from './phaseValues.js'

const titleOf = ({ method, strategy, names }: PhaseGroup): string => {
  const name = `${strategy}/${listed(names)}`
  return method === strategy ? name : `${name} of ${method}`
}

const wasGranted = ({ traces }: PhaseGroup): boolean => traces.some(({ granted }) => granted > 0)

const booked = (group: PhaseGroup): string => {
  const { traces, runs } = group
  const rows = keysOf(traces)
    .filter((key) => rowsOf(key) !== undefined)
    .map((key) => mean(traces.map((trace) => tableOf([trace], key).reduce((sum, [, n]) => sum + n, 0))))
  const drawn = rows.length === 0 ? '' : `, ${listed(rows.map(amount))} rows each`
  return `${titleOf(group)} (${amount(traces.length / runs)} times${drawn})`
}

const refused = (group: PhaseGroup): string =>
  `${titleOf(group)} was granted none of the ${amount(mean(group.traces.map(({ asked }) => asked)))} steps it asked for`

/** The phases that have no table, as one paragraph. */
const remainder = (groups: readonly PhaseGroup[]): Html | null => {
  const books = groups.filter(wasGranted).map(booked)
  const none = groups.filter((group) => !wasGranted(group)).map(refused)
  const sentences = [
    ...(books.length === 0 ? [] : [`Phases that only keep books, without any multiply-accumulate: ${listed(books)}.`]),
    ...none.map((text) => `${text}.`),
  ]
  return sentences.length === 0 ? null : html`<p class="soft under-all">${sentences.join(' ')}</p>`
}

/** Tables of what phases did, probed ones first, and a paragraph on the rest; null when no phase ran. */
export const phases = (methods: readonly MethodRuns[]): Html | null => {
  const groups = phaseGroups(methods)
  const [run] = methods.flatMap(({ runs }) => runs)
  if (groups.length === 0 || run === undefined) return null
  const shown = groups.filter((group) => !isBookkeeping(group))
  const withRows = shown.some(({ traces }) => keysOf(traces).some((key) => rowsOf(key) !== undefined))
  const intro =
    shown.length === 0
      ? null
      : html`<p class="soft">What each phase was granted by its budget, spent, and reported; means over seeds. Arrows follow time. ${withRows ? outputsNote(run) : null}</p>`
  return html`${intro}${shown.map(phaseTable)}${remainder(groups.filter(isBookkeeping))}`
}
