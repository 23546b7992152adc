/**
 * Transfer between contexts: the curve of each context while it is learned, the curve of a fresh network on the same batches, and
 * how many steps the first context takes to be learned again at the end: by the same plain learner on the same batches, once from the
 * initial and once from the final parameters of the network, whatever the method predicts with. Measured on copies; the main run keeps its bits.
 */
import type { RawLog } from '../record/rawLog.js'
import { key } from '../random/key.js'
import { stepsOn } from './batches.js'
import { createSteppers, learn, type Steppers } from './experience.js'
import { createLearner, type Learner, type LearnerInput } from './learner.js'
import { type Ledger, nothing, spend, type Work } from './ledger.js'
import { stateNow } from './networkState.js'
import { query } from './query.js'
import type { RunInput } from './runInput.js'

type Measured = NonNullable<RawLog['transfer']>
type Curve = Measured['curves'][number]

/** Points of a curve beside the one before the first step. */
const points = 25

/** Of the accuracy at the end of learning from scratch, what counts as learned again. */
const fractionOfFirst = 0.95

/** See above. */
export interface Transfer {
  /** Before the first step on an experience. */
  readonly begin: (experience: number) => void
  /** After one of the steps on it. */
  readonly step: (experience: number, step: number, steps: number) => void
  /** After the run; `work`: spent on copies. */
  readonly finish: () => { readonly transfer: Measured; readonly work: Work }
}

interface Track {
  readonly context: number
  readonly steps: number[]
  readonly accuracy: number[]
}

const record = (learner: Learner, steppers: Steppers, track: Track, step: number): void => {
  const [measured] = query(learner, steppers, [track.context]).measured ?? []
  if (measured === undefined) return
  track.steps.push(step)
  track.accuracy.push(measured.accuracy)
}

/** A fresh naive learner whose place in the stream is `experience`, so that it sees the batches of that experience. */
const freshAt = (input: RunInput, experience: number, from?: LearnerInput['from']): Learner => {
  const { model, optimiser, training, stream, seed } = input
  const { batch, arithmetic } = training
  const learner = createLearner({ model, optimiser, batch, stream, method: [], key: key(seed), arithmetic, from })
  learner.place.experience = experience
  return learner
}

/** Steps between two points of a curve. */
const between = (steps: number): number => Math.max(1, Math.ceil(steps / points))

/** Learns one experience with no strategy; the curve of its context, and what it cost. */
const curveOf = (
  input: RunInput,
  experience: number,
  from?: LearnerInput['from'],
): { readonly track: Track; readonly ledger: Ledger } => {
  const learner = freshAt(input, experience, from)
  const chunk = input.stream.experiences[experience]
  if (chunk === undefined) throw new Error(`transfer: no experience ${experience}`)
  const track: Track = { context: chunk.context, steps: [], accuracy: [] }
  const steppers = createSteppers(learner)
  record(learner, steppers, track, 0)
  const { training } = input
  learn(learner, steppers, {
    experience: chunk,
    steps: (rows) => stepsOn(training, rows),
    rest: training.epochs === undefined ? 'drop' : 'keep',
    boundary: 'keep',
    balance: 0,
    onStep: (step, steps) => {
      if (step % between(steps) === 0 || step === steps) record(learner, steppers, track, step)
    },
    onPhase: () => undefined,
  })
  return { track, ledger: learner.ledger }
}

const reached = ({ steps, accuracy }: Curve, criterion: number): number | null => {
  const at = accuracy.findIndex((a) => a >= criterion)
  return at < 0 ? null : (steps[at] ?? null)
}

/** Watches the learner of a run. */
export const createTransfer = (input: RunInput, learner: Learner, steppers: Steppers): Transfer => {
  const curves: Track[] = []
  return {
    begin: (experience) => {
      const track: Track = {
        context: input.stream.experiences[experience]?.context ?? experience,
        steps: [],
        accuracy: [],
      }
      curves.push(track)
      record(learner, steppers, track, 0)
    },
    step: (experience, step, steps) => {
      const track = curves[experience]
      if (track !== undefined && (step % between(steps) === 0 || step === steps)) record(learner, steppers, track, step)
    },
    finish: () => {
      const scratch = input.stream.experiences.map((_, i) => curveOf(input, i))
      const { world } = learner
      const now = { params: Float32Array.from(world.store.read('params')), state: stateNow(world) }
      const again = curveOf(input, 0, now)
      const first = scratch[0]?.track
      const work = nothing()
      for (const { ledger } of [...scratch, again])
        for (const part of [ledger.training, ledger.evaluation]) spend(work, part)
      const criterion = fractionOfFirst * (first?.accuracy.at(-1) ?? 0)
      return {
        transfer: {
          curves,
          scratch: scratch.map(({ track }) => track),
          relearn:
            first === undefined
              ? []
              : [
                  {
                    context: first.context,
                    criterion,
                    first: reached(first, criterion),
                    again: reached(again.track, criterion),
                  },
                ],
        },
        work,
      }
    },
  }
}
