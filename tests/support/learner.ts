/** A tiny learner that a test takes through a stream one experience at a time, to look at what it keeps. */
import { key } from '../../src/random/key.js'
import type { Method } from '../../src/strategy/method.js'
import type { Stream } from '../../src/stream/stream.js'
import { createSteppers, type Learned, learn } from '../../src/train/experience.js'
import { createLearner, type Learner, type LearnerInput } from '../../src/train/learner.js'
import type { World } from '../../src/train/world.js'
import { tinyStream } from './tiny.js'

interface Changes extends Partial<LearnerInput> {
  readonly hidden?: readonly number[]
  readonly steps?: number
  readonly rest?: 'drop' | 'keep'
  /** Told what every step did. */
  readonly watch?: World['watch']
}

/** A learner on a tiny stream: no hidden layer, batches of 8 and 10 steps an experience unless told otherwise. */
export const tinyLearner = (
  method: Method,
  { hidden = [], steps = 10, rest = 'drop', watch, ...changes }: Changes = {},
) => {
  const stream: Stream = changes.stream ?? tinyStream('class')
  const made = createLearner({
    model: { kind: 'mlp', hidden, initialiser: 'pytorch' },
    optimiser: { name: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, boundary: 'keep' },
    batch: 8,
    key: key(1),
    ...changes,
    stream,
    method,
  })
  const learner = watch === undefined ? made : { ...made, world: { ...made.world, watch } }
  const steppers = createSteppers(learner)
  const ignore = (): void => undefined
  return {
    ...learner,
    steppers,
    /** Learns the next experience, its boundary included. */
    learn: (): Learned => {
      const experience = stream.experiences[learner.place.experience]
      if (experience === undefined) throw new Error('the stream has ended')
      return learn(learner, steppers, {
        experience,
        steps: () => steps,
        rest,
        boundary: 'keep',
        balance: 0,
        onStep: ignore,
        onPhase: ignore,
      })
    },
    /** Numbers of a block of the store. */
    read: (block: string): readonly number[] => [...learner.world.store.read(block)],
  }
}

/** The accuracy of a learner on one context, as it stands. */
export const accuracyOf =
  ({ evaluator }: Pick<Learner, 'evaluator'>) =>
  (context: number): number | undefined =>
    evaluator.measure([context])?.[0]?.accuracy
