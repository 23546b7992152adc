/** A measurement: phases at queries first, on a copy of what they may change, which is put back afterwards. */
import type { Learner } from './learner.js'
import { type Measured } from './evaluate.js'
import type { Steppers } from './experience.js'
import { stateBlock } from './passes.js'
import { runPhase, type Trace } from './phase.js'
import { slotBlock, tensorBlock } from './tensors.js'

/** What was seen in between. */
export interface Asked<A> {
  /** Undefined: a value became infinite or no number before it could be looked at. */
  readonly found: A | undefined
  readonly traces: readonly Trace[]
}

/** What a measurement found. */
export interface Queried {
  /** By context, as asked; undefined: a value became infinite or no number. */
  readonly measured: readonly Measured[] | undefined
  readonly traces: readonly Trace[]
}

/** Copies what phases at queries may write; the result puts it back. */
const copied = ({ world, place }: Learner, slots: readonly string[]): (() => void) => {
  const { store, method } = world
  const names = [
    'params',
    stateBlock,
    ...method.flatMap((s) => Object.keys(s.tensors ?? {}).map((name) => tensorBlock(s.name, name))),
    ...slots.flatMap((prefix) => world.optimiser.slots.map((slot) => slotBlock(prefix, slot.name))),
  ].filter(store.has)
  const blocks = names.map((name) => [name, Float32Array.from(store.read(name))] as const)
  const statistics = [...place.statistics.values()].flatMap((s) =>
    Object.values(s).map((values) => [values, Float64Array.from(values)] as const),
  )
  const host = new Map(place.host)
  return () => {
    for (const [name, values] of blocks) store.write(name, values)
    for (const [values, before] of statistics) values.set(before)
    for (const [name, data] of host) place.host.set(name, data)
  }
}

/**
 * Runs the phases at queries, looks, and puts everything back. Their keys are named by the rows of the stream learned from, not by how
 * often was asked, so that what is seen is the same whenever it is asked for, and asking changes nothing.
 */
export const asking = <A>(learner: Learner, { sleepers }: Steppers, look: () => A): Asked<A> => {
  const { world, place, ledger } = learner
  const asked = sleepers.filter(({ phase }) => phase.when.on === 'query')
  if (asked.length === 0) return { found: look(), traces: [] }
  const putBack = copied(
    learner,
    asked.map(({ slots }) => slots),
  )
  const traces: Trace[] = []
  for (const sleeper of asked) {
    const trace = runPhase(world, place, ledger, sleeper, place.current, () => undefined)
    if (trace === undefined) {
      putBack()
      return { found: undefined, traces }
    }
    if (trace.asked > 0) traces.push(trace)
  }
  const found = look()
  putBack()
  return { found, traces }
}

/** Accuracy on each of `contexts`, after the phases at queries. */
export const query = (learner: Learner, steppers: Steppers, contexts: readonly number[]): Queried => {
  const { found, traces } = asking(learner, steppers, () => learner.evaluator.measure(contexts))
  return { measured: found, traces }
}
