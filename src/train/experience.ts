/** One experience: its rows go into the resident table, the wake learns them, and at the boundary the phases run. */
import type { RawLog } from '../record/rawLog.js'
import { folded, named } from '../random/key.js'
import type { Experience } from '../stream/stream.js'
import { balancedBatches, type BatchOrder, shuffledBatches } from './batches.js'
import type { Learner } from './learner.js'
import { bufferBytes } from './bufferBytes.js'
import { count, hostWork, type Ledger, spend } from './ledger.js'
import { stateAtBoundary } from './networkState.js'
import { runPhase, type Sleeper, type Trace } from './phase.js'
import { createStepper, type Stepper } from './stepper.js'
import type { Source } from './source.js'
import { declareStatistics } from './statistics.js'
import { createSums } from './sums.js'
import { declareTensors, slotsAtBoundary, wakeSlots } from './tensors.js'
import { seesBoundaries, seesBoundary } from './world.js'

/** How to learn an experience. */
export interface Lesson {
  readonly experience: Experience
  /** Steps on so many rows. */
  readonly steps: (rows: number) => number
  /** What becomes of a last batch of a pass that is not full. */
  readonly rest: 'drop' | 'keep'
  /** What becomes of the optimiser's state at the boundary, where its parts do not say it themselves. */
  readonly boundary: 'keep' | 'reset'
  /** Contexts from which every batch takes equally many rows; 0: rows are drawn from the experience as a whole. */
  readonly balance: number
  /** After each step of the wake, with the number of all and the scenario's loss. */
  readonly onStep: (step: number, steps: number, loss: number | null) => void
  /** After each step of a phase. */
  readonly onPhase: (phase: string, step: number, steps: number) => void
}

/** What became of it. `finite`: false when a value became infinite or no number; then nothing after it was done. */
export interface Learned {
  readonly finite: boolean
  readonly steps: number
  readonly loss: RawLog['experiences'][number]['loss']
  readonly terms: Readonly<Record<string, number>>
  readonly traces: readonly Trace[]
}

/** Steps that outlive an experience. */
export interface Steppers {
  wake: Stepper | undefined
  readonly sleepers: readonly Sleeper[]
}

/** The phases of all strategies, in the order of the method. Their steps are staged when they first run. */
export const createSteppers = (learner: Learner): Steppers => ({
  wake: undefined,
  sleepers: learner.world.method.flatMap((strategy) =>
    (strategy.phases ?? []).map((phase) => {
      const slots = phase.optimiser === undefined ? wakeSlots : `${strategy.name}/${phase.name}/${wakeSlots}`
      return { strategy, phase, slots, stepper: lazily(learner, { strategy, phase, slots }), occurrence: 0 }
    }),
  ),
})

/** A stepper that is made when it is first needed, and anew after `dispose`. */
const lazily = (
  { world, place, ledger }: Learner,
  { strategy, phase, slots }: Pick<Sleeper, 'strategy' | 'phase' | 'slots'>,
): Stepper => {
  let made: Stepper | undefined
  const now = (): Stepper => {
    made ??= createStepper(world, place, ledger, {
      members: [{ strategy, step: phase }],
      wake: false,
      optimiser: phase.optimiser ?? world.optimiser,
      slots,
      phase: phase.name,
    })
    return made
  }
  return {
    cost: (moment) => now().cost(moment),
    run: (moment) => now().run(moment),
    drawnLabels: () => now().drawnLabels(),
    dispose: () => {
      made?.dispose()
      made = undefined
    },
  }
}

/** Rows of an experience by where they come from, in the order of their slots. */
type Parts = readonly { readonly name: string; readonly size: number }[]

const load = ({ world, place }: Learner, experience: Experience): Parts => {
  const rows = experience.load()
  const source = world.experience
  world.store.write(source.block, rows.pixels)
  source.labels.set(rows.labels)
  source.contexts.set(rows.contexts)
  source.experiences.fill(place.experience)
  source.first.fill(1)
  source.size = rows.size
  source.merged = 0
  source.seen = rows.size
  const parts = [{ name: 'stream', size: rows.size }, ...world.merging.map(({ name, size }) => ({ name, size }))]
  for (const buffer of world.merging) append(world, buffer)
  source.version++
  return parts
}

/** Copies the rows of a buffer behind those of the experience. They keep the experience they came with, and are not new. */
const append = ({ store, experience: to }: Learner['world'], from: Source): void => {
  for (let i = 0; i < from.size; i++) store.copyRows(from.block, i, to.block, to.size + i)
  for (const column of ['labels', 'contexts', 'experiences'] as const)
    to[column].set(from[column].subarray(0, from.size), to.size)
  to.first.fill(0, to.size, to.size + from.size)
  to.size += from.size
  to.merged += from.size
}

const orderOf = ({ world, place }: Learner, { balance, rest }: Lesson): BatchOrder => {
  const key = folded(named(world.key, 'batches'), place.experience)
  const { contexts, size } = world.experience
  return balance > 0
    ? balancedBatches(key, contexts.slice(0, size), balance, world.batch)
    : shuffledBatches(key, size, world.batch, rest)
}

/** Counts the rows of a batch by where they come from; returns how many are the stream's own, which come first. */
const countRows = ({ rowsRead }: Ledger, parts: Parts, slots: Int32Array): number => {
  let from = 0
  let streamed = 0
  for (const [i, { name, size }] of parts.entries()) {
    const [start, end] = [from, from + size]
    const own = parts.length === 1 ? slots.length : slots.filter((slot) => slot >= start && slot < end).length
    count(rowsRead, name, own)
    if (i === 0) streamed = own
    from = end
  }
  return streamed
}

/** Learns an experience; afterwards the learner is past its boundary. */
export const learn = (learner: Learner, steppers: Steppers, lesson: Lesson): Learned => {
  const { world, place, ledger } = learner
  const index = place.experience
  place.current = index
  if (place.steps > 0) stateAtBoundary(world)
  const parts = load(learner, lesson.experience)
  const order = orderOf(learner, lesson)
  if (steppers.wake === undefined || seesBoundaries(world)) {
    steppers.wake?.dispose()
    const members = world.method.map((strategy) => ({ strategy, step: strategy }))
    steppers.wake = createStepper(world, place, ledger, {
      members,
      wake: true,
      optimiser: world.optimiser,
      slots: wakeSlots,
    })
  }
  const wake = steppers.wake
  const sums = createSums()
  const traces: Trace[] = []
  const result = (finite: boolean, steps: number): Learned => ({
    finite,
    steps,
    loss: sums.loss(),
    terms: sums.terms(),
    traces,
  })
  const sleep = (sleeper: Sleeper): boolean => {
    const id = `${sleeper.strategy.name}/${sleeper.phase.name}`
    const trace = runPhase(world, place, ledger, sleeper, index, (step, steps) => lesson.onPhase(id, step, steps))
    if (trace !== undefined) traces.push(trace)
    ledger.buffers = Math.max(ledger.buffers, bufferBytes(world))
    return trace !== undefined
  }
  /** What strategies that see boundaries were handed has changed: their phases are staged anew, and those that wait for this run. */
  const turn = (on: 'start' | 'boundary'): boolean => {
    for (const sleeper of steppers.sleepers) if (seesBoundary(sleeper.strategy)) sleeper.stepper.dispose()
    return steppers.sleepers.filter(({ phase }) => phase.when.on === on).every(sleep)
  }

  if (!turn('start')) return result(false, 0)
  const steps = lesson.steps(world.experience.size)
  for (let step = 0; step < steps; step++) {
    const slots = order(step)
    const told = wake.run({ index: place.steps, since: step, occurrence: 0 }, slots)
    for (let i = 0; i < slots.length; i++) world.experience.first[slots[i]!] = 0
    world.experience.version++
    const before = place.rows
    place.steps++
    place.rows += countRows(ledger, parts, slots)
    spend(ledger.training, told.prepared.work)
    spend(ledger.training, hostWork(told.hostMacs))
    if (!sums.add(told)) return result(false, step)
    for (const sleeper of steppers.sleepers) {
      const { when } = sleeper.phase
      if (when.on !== 'rows' || Math.floor(place.rows / when.every) === Math.floor(before / when.every)) continue
      if (!sleep(sleeper)) return result(false, step)
    }
    lesson.onStep(step + 1, steps, told.prepared.hasLoss ? told.loss : null)
  }

  place.experience++
  declareTensors(world, place)
  declareStatistics(world, place)
  if (!turn('boundary')) return result(false, steps)
  ledger.buffers = Math.max(ledger.buffers, bufferBytes(world))
  slotsAtBoundary(world, wakeSlots, lesson.boundary)
  return result(true, steps)
}
