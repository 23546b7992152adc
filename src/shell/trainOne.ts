/** One run in this thread, for what it has learned. */
import * as E from 'fp-ts/lib/Either.js'
import type { RawLog } from '../record/rawLog.js'
import { key } from '../random/key.js'
import { buildStream } from '../stream/build.js'
import { createLearner } from '../train/learner.js'
import { methodOf } from '../train/methodOf.js'
import type { Progress } from '../train/progress.js'
import { run } from '../train/run.js'
import { type Trained, trainedOf } from '../train/trained.js'
import { type AppError, isOutOfMemory, reasonOf } from './error.js'
import { type PlannedRun, settingsOf } from './plan.js'
import type { Prepared } from './prepare.js'

/** What a run came to. */
export interface Finished {
  readonly log: RawLog
  readonly trained: Trained
}

/** A run that is ready to start. */
export interface ReadyRun {
  /** What the run starts from: to see whether that can be exported before anything is trained. */
  readonly untrained: () => Trained
  /** Trains, with the bits of `engram run`. Left: a plugin's strategy threw, or the memory was not enough. A bug throws. */
  readonly train: (observe: (progress: Progress) => void) => E.Either<AppError, Finished>
}

/** Makes a planned run ready that the preflight has accepted. */
export const readyRun = (prepared: Prepared, { run: { label, seed }, configuration }: PlannedRun): ReadyRun => {
  const { method: described, scenario, plugins } = configuration
  const settings = settingsOf(configuration)
  const stream = buildStream(scenario, prepared.dataset, seed)
  if (E.isLeft(stream)) throw new Error('the scenario refuses a seed that it had accepted')
  const made = methodOf(described.strategies, prepared.plugins)
  const input = { ...settings, stream: stream.right, ...made }
  return {
    untrained: () =>
      trainedOf(
        createLearner({
          model: settings.model,
          optimiser: settings.optimiser,
          batch: settings.training.batch,
          stream: stream.right,
          method: made.method,
          key: key(seed),
        }),
      ),
    train: (observe) => {
      const found: Trained[] = []
      try {
        const log = run(input, observe, undefined, (learner, steppers) => found.push(trainedOf(learner, steppers)))
        const [trained] = found
        if (trained === undefined) throw new Error('a run ended without its learner')
        return E.right({ log, trained })
      } catch (error) {
        if (!isOutOfMemory(error) && plugins === undefined) throw error
        return E.left({ _tag: 'Refused', where: `method '${label}', seed ${seed}`, reason: reasonOf(error) })
      }
    },
  }
}
