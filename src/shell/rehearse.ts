/** A rehearsal: the graphs of all steps that a method may do, built and thrown away, so that mistakes in hooks are found before a run. */
import type { AnyPhase } from '../strategy/anyStrategy.js'
import { createLearner, type Learner, type LearnerInput } from '../train/learner.js'
import { scoresOf } from '../train/evaluate.js'
import { stage } from '../train/stage.js'
import type { Member, Request } from '../train/staged.js'
import { declareStatistics } from '../train/statistics.js'
import { declareTensors, resetSlots, wakeSlots } from '../train/tensors.js'
import { dimsFor } from '../train/world.js'
import { reasonOf } from './error.js'

/** Draws that find rows, with the room of their batches; `filled`: buffers hold rows. */
const presentIn = ({ world, place }: Learner, members: readonly Member[], filled: boolean): Request['present'] =>
  new Map(
    members.flatMap(({ strategy, step }) =>
      Object.entries(step.draws ?? {}).flatMap(([draw, d]): readonly (readonly [string, number])[] => {
        if (d === undefined) return []
        const holds = d.from === 'experience' || (filled && (strategy.buffers?.[d.from]?.capacity ?? 0) > 0)
        if (!holds) return []
        const n = typeof d.rows === 'number' ? d.rows : d.rows(dimsFor(world, place, strategy))
        return n > 0 ? [[`${strategy.name}/${draw}`, n]] : []
      }),
    ),
  )

/** What the hooks of a method do wrong when its steps are staged: in the first experience and after its boundary. Nothing is learned. */
export const rehearse = (input: LearnerInput): readonly string[] => {
  const problems = new Set<string>()
  const attempt = <A>(act: () => A): A | undefined => {
    try {
      return act()
    } catch (cause) {
      problems.add(reasonOf(cause))
      return undefined
    }
  }
  const learner = attempt(() => createLearner(input))
  if (learner === undefined) return [...problems]
  const { world, place } = learner
  const wake = world.method.map((strategy): Member => ({ strategy, step: strategy }))
  const awake = (filled: boolean): void => {
    attempt(() => {
      const present = presentIn(learner, wake, filled)
      stage(world, place, { members: wake, wake: true, optimiser: world.optimiser, slots: wakeSlots, present })
    })
  }
  const asleep = (on: AnyPhase['when']['on']): void => {
    for (const strategy of world.method)
      for (const phase of strategy.phases ?? []) {
        if (phase.when.on !== on) continue
        attempt(() => {
          const members = [{ strategy, step: phase }]
          const slots = phase.optimiser === undefined ? wakeSlots : `${strategy.name}/${phase.name}/${wakeSlots}`
          const optimiser = phase.optimiser ?? world.optimiser
          if (phase.optimiser !== undefined) resetSlots(world, phase.optimiser, slots)
          stage(world, place, { members, wake: false, optimiser, slots, present: presentIn(learner, members, true) })
        })
      }
  }
  attempt(() => scoresOf(world, place))
  asleep('start')
  awake(false)
  awake(true)
  asleep('rows')
  asleep('query')
  place.experience = 1
  const declared = attempt(() => {
    declareTensors(world, place)
    declareStatistics(world, place)
    return true
  })
  if (declared === undefined) return [...problems]
  asleep('boundary')
  asleep('query')
  attempt(() => scoresOf(world, place))
  if (input.stream.experiences.length > 1) {
    place.current = 1
    asleep('start')
    awake(true)
  }
  return [...problems]
}
