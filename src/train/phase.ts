/** A phase: a loop of steps without an incoming batch, under a budget that is granted before it is spent. */
import type { RawLog } from '../record/rawLog.js'
import { folded, named } from '../random/key.js'
import type { AnyAt, AnyPhase, AnyRows, AnyStrategy } from '../strategy/anyStrategy.js'
import { badSteps, isSteps } from './declared.js'
import { inHook } from './inHook.js'
import { count, hostWork, type Ledger, nothing, spend } from './ledger.js'
import { declareState } from './networkState.js'
import { rowsFor, sizeFor } from './source.js'
import type { Stepper, Told } from './stepper.js'
import { resetSlots, resetTensor, wakeSlots } from './tensors.js'
import type { Place, World } from './world.js'

/** One entry of the traces. */
export type Trace = RawLog['traces'][number]

/** A phase of one strategy, ready to run. */
export interface Sleeper {
  readonly strategy: AnyStrategy
  readonly phase: AnyPhase
  readonly stepper: Stepper
  /** Prefix of the slots of its own optimiser. */
  readonly slots: string
  /** Times it ran. */
  occurrence: number
}

/** The steps that a phase asks for. */
const asked = (w: World, place: Place, { strategy: s, phase }: Sleeper): number => {
  const { steps } = phase
  if (typeof steps === 'number') return steps
  const sizes: Record<string, number> = s.rights.experience === true ? { experience: sizeFor(w.experience, s) } : {}
  const buffers: Record<string, AnyRows> = {}
  for (const name of Object.keys(s.buffers ?? {})) {
    const source = w.buffers.get(`${s.name}/${name}`)
    if (source === undefined) continue
    sizes[name] = source.size
    buffers[name] = rowsFor(source, s)
  }
  const at: AnyAt = {
    host: place.host.get(s.name) ?? null,
    key: named(w.key, `strategy/${s.name}`),
    index: 0,
    buffers,
    statistics: place.statistics.get(s.name) ?? {},
  }
  const now = s.rights.boundary === true ? { ...at, experience: place.experience, since: 0 } : at
  const wanted = inHook(s.name, `phase ${phase.name}, steps`, () => steps(sizes, now))
  if (!isSteps(wanted)) throw new Error(badSteps(s.name, phase.name, wanted))
  return wanted
}

/** First, last and mean of a value over the steps of a phase. */
interface Series {
  first: number
  last: number
  sum: number
  n: number
}

const extend = (series: Map<string, Series>, name: string, value: number): void => {
  const s = series.get(name)
  if (s === undefined) series.set(name, { first: value, last: value, sum: value, n: 1 })
  else Object.assign(s, { last: value, sum: s.sum + value, n: s.n + 1 })
}

/** The network begins anew, from a draw that no other occurrence of the phase has. */
const freshNetwork = (w: World, { strategy, phase }: Sleeper, occurrence: number): void => {
  const own = folded(named(named(w.key, `strategy/${strategy.name}`), `phase/${phase.name}/network`), occurrence)
  w.store.write('params', w.network.initialise(own))
  declareState(w)
  if (phase.optimiser === undefined) resetSlots(w, w.optimiser, wakeSlots)
}

/**
 * Runs a phase. `experience`: the index it is logged under; `tell`: called after each step.
 * Returns its trace, or undefined when a value became infinite or no number.
 */
export const runPhase = (
  w: World,
  place: Place,
  ledger: Ledger,
  sleeper: Sleeper,
  experience: number,
  tell: (step: number, steps: number) => void,
): Trace | undefined => {
  const { strategy, phase, stepper } = sleeper
  const occurrence = phase.when.on === 'query' ? place.rows : sleeper.occurrence++
  const wanted = asked(w, place, sleeper)
  for (const name of phase.fresh ?? []) resetTensor(w, place, strategy, name)
  if (phase.optimiser !== undefined) resetSlots(w, phase.optimiser, sleeper.slots)
  const each = wanted > 0 ? stepper.cost({ index: 0, since: 0, occurrence }) : 0
  const budget = phase.budget?.macs ?? Number.POSITIVE_INFINITY
  const granted = budget === 0 ? 0 : each === 0 ? wanted : Math.min(wanted, Math.floor(budget / each))
  // without a budget for what it asks, a phase is as if it were not there
  if (phase.network === 'fresh' && (granted > 0 || wanted === 0)) freshNetwork(w, sleeper, occurrence)
  const id = `${strategy.name}/${phase.name}`
  const cost = ledger.phases.get(id) ?? { spent: nothing(), steps: 0, rows: new Map<string, number>() }
  ledger.phases.set(id, cost)
  const series = new Map<string, Series>()
  const labels = new Map<string, Map<string, number>>()
  let spent = 0
  let done = 0
  for (let index = 0; index < granted; index++) {
    const moment = { index, since: index, occurrence }
    // a step may cost more than the first when other batches are present; the budget holds all the same, and the steps not done
    // were not granted
    if (budget !== Number.POSITIVE_INFINITY && spent + stepper.cost(moment) > budget) break
    const told = stepper.run(moment)
    spent += told.prepared.work.macs
    spend(cost.spent, told.prepared.work)
    spend(cost.spent, hostWork(told.hostMacs))
    cost.steps++
    done++
    if (!follow(told, series)) return undefined
    for (const { draw, source, labels: drawn } of stepper.drawnLabels()) {
      count(cost.rows, source, drawn.length)
      const own = labels.get(draw) ?? new Map<string, number>()
      labels.set(draw, own)
      for (const label of drawn) count(own, String(label), 1)
    }
    tell(index + 1, granted)
  }
  const values: Record<string, number | Readonly<Record<string, number>>> = {}
  for (const [name, s] of series)
    values[name] = s.n === 1 ? s.last : { first: s.first, last: s.last, mean: s.sum / s.n }
  for (const [draw, own] of labels)
    values[`rows of ${draw.slice(draw.indexOf('/') + 1)} by label`] = Object.fromEntries(own)
  return { strategy: strategy.name, phase: phase.name, experience, asked: wanted, granted: done, macs: spent, values }
}

/** Adds the values of a step to the series; false when one of them is not finite. */
const follow = ({ prepared, terms, scalars }: Told, series: Map<string, Series>): boolean => {
  for (let i = 0; i < terms.length; i++) {
    if (!Number.isFinite(terms[i])) return false
    extend(series, `term ${prepared.terms[i]!.slice(prepared.terms[i]!.indexOf('/') + 1)}`, terms[i]!)
  }
  for (let i = 0; i < scalars.length; i++) {
    if (!Number.isFinite(scalars[i])) return false
    extend(series, prepared.scalars[i]!.name, scalars[i]!)
  }
  return true
}
