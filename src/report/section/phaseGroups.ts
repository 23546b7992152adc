/** Which phases belong together: those that ran between two probes, each other one alone, and those that only keep books. */
import type { Result } from '../../record/result.js'
import type { MethodRuns } from '../summary.js'

/** One execution of a phase. */
export type Trace = Result['traces'][number]

/** Phases of one strategy that one table shows. */
export interface PhaseGroup {
  readonly method: string
  readonly strategy: string
  /** Names of the phases, probes left out. */
  readonly names: readonly string[]
  /** True when the strategy's phases `before` and `after` enclose these at the same boundaries. */
  readonly probed: boolean
  /** Of all runs, those of the probes included. */
  readonly traces: readonly Trace[]
  readonly runs: number
}

/** A value that counts rows by label, as the engine names it; undefined for other values. */
export const rowsOf = (key: string): string | undefined => /^rows of (.*) by label$/.exec(key)?.[1]

const placesOf = (traces: readonly Trace[], name: string): string =>
  traces
    .filter(({ phase }) => phase === name)
    .map(({ experience }) => experience)
    .join()

/** The phases of one strategy as groups, in order. */
const split = (traces: readonly Trace[]): readonly Pick<PhaseGroup, 'names' | 'probed'>[] => {
  const names = [...new Set(traces.map(({ phase }) => phase))]
  const from = names.indexOf('before')
  const to = names.indexOf('after')
  const places = placesOf(traces, 'before')
  const inner =
    from < 0 || placesOf(traces, 'after') !== places
      ? []
      : names.slice(from + 1, Math.max(from, to)).filter((name) => placesOf(traces, name) === places)
  if (inner.length === 0) return names.map((name) => ({ names: [name], probed: false }))
  const others = names.filter((name) => name !== 'before' && name !== 'after' && !inner.includes(name))
  return [{ names: inner, probed: true }, ...others.map((name) => ({ names: [name], probed: false }))]
}

/** All phases of all methods: probed groups first, then in the order of methods. */
export const phaseGroups = (methods: readonly MethodRuns[]): readonly PhaseGroup[] =>
  methods
    .flatMap(({ label, complete, runs: started }) => {
      // a diverged run may lack the end of a pair; it is shown only where there is no other
      const runs = complete.length > 0 ? complete : started
      const all = runs.flatMap((run) => run.traces)
      return [...new Set(all.map(({ strategy }) => strategy))].flatMap((strategy) => {
        const own = all.filter((trace) => trace.strategy === strategy)
        return split(own).map(({ names, probed }): PhaseGroup => {
          const shown = probed ? [...names, 'before', 'after'] : names
          const traces = own.filter(({ phase }) => shown.includes(phase))
          return { method: label, strategy, names, probed, traces, runs: runs.length }
        })
      })
    })
    .toSorted((a, b) => Number(b.probed) - Number(a.probed))

/** True when the phases computed nothing and reported nothing but rows. */
export const isBookkeeping = ({ probed, traces }: PhaseGroup): boolean =>
  !probed &&
  traces.every(({ macs, values }) => macs === 0 && Object.keys(values).every((key) => rowsOf(key) !== undefined))
