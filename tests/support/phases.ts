/** A tiny learner taken through its stream with looks in between: what laws about phases and measurements are made of. */
import type { Method } from '../../src/strategy/method.js'
import { learn, type Steppers } from '../../src/train/experience.js'
import type { Sleeper } from '../../src/train/phase.js'
import { query } from '../../src/train/query.js'
import { changed, keptBy } from './kept.js'
import { tinyLearner } from './learner.js'
import { tinyStream } from './tiny.js'

type Tiny = ReturnType<typeof tinyLearner>

/** What to do on the way. */
export interface Looks {
  readonly afterStep?: (learner: Tiny, step: number) => void
  readonly afterExperience?: (learner: Tiny) => void
  /** Told what each step of a phase changed. */
  readonly onPhase?: (sleeper: Sleeper, changes: readonly string[]) => void
}

/** The phases, each step of which is followed by a look at what it changed. */
const watched = (learner: Tiny, tell: NonNullable<Looks['onPhase']>): Steppers => ({
  ...learner.steppers,
  sleepers: learner.steppers.sleepers.map((sleeper) => ({
    ...sleeper,
    stepper: {
      ...sleeper.stepper,
      run: (...moment) => {
        const before = keptBy(learner)
        const told = sleeper.stepper.run(...moment)
        tell(sleeper, changed(before, keptBy(learner)))
        return told
      },
    },
  })),
})

/** Two experiences of a task-incremental stream, ten steps each, and one measurement at the end. */
export const twoExperiences = (method: Method, { afterStep, afterExperience, onPhase }: Looks = {}) => {
  const stream = tinyStream('task')
  const learner = tinyLearner(method, { stream, hidden: [4] })
  const steppers = onPhase === undefined ? learner.steppers : watched(learner, onPhase)
  const ignore = (): void => undefined
  const traces = stream.experiences.slice(0, 2).flatMap((experience) => {
    const onStep = (step: number): void => afterStep?.(learner, step)
    const lesson = { experience, steps: () => 10, rest: 'drop', boundary: 'keep', balance: 0 } as const
    const { traces } = learn(learner, steppers, { ...lesson, onStep, onPhase: ignore })
    afterExperience?.(learner)
    return traces
  })
  const kept = keptBy(learner)
  const { measured, traces: asked } = query(learner, steppers, [0, 1])
  return { learner, kept, measured, traces: [...traces, ...asked] }
}

/** The accuracy on the first context; only what phases at queries and the prediction do matters to whoever calls it. */
export const measure = (learner: Tiny): unknown => query(learner, learner.steppers, [0]).measured
