/** One seed of one method → one raw log: a pure function of configuration, seed and data. */
import type { RawLog } from '../record/rawLog.js'
import { digestOf } from '../record/digest.js'
import { key } from '../random/key.js'
import { merged as mergedStream } from '../stream/merged.js'
import { batchRows } from './batches.js'
import { createSteppers, learn } from './experience.js'
import type { Finding } from './finding.js'
import { createLearner, type Learner } from './learner.js'
import { nothing, spend, type Work } from './ledger.js'
import { stateBytes, stateNow } from './networkState.js'
import type { Progress } from './progress.js'
import type { RunInput } from './runInput.js'
import { slotBytes, tensorBytes } from './tensors.js'
import { createTransfer } from './transfer.js'

/** Told about every so many steps. */
const stride = 10

/**
 * Runs. `observe` is told of progress; `diagnose`, of the first NaN and the expression it came from (it makes every step slower).
 * Neither changes a bit. `finished` sees the learner at the end. Throws when a strategy does what its declaration does not allow.
 */
export const run = (
  input: RunInput,
  observe: (progress: Progress) => void,
  diagnose?: (finding: Finding) => void,
  finished?: (learner: Learner) => void,
): RawLog => {
  const { model, optimiser, training, method, seed } = input
  const stream = input.merged ? mergedStream(input.stream) : input.stream
  const contexts = stream.contexts.length
  const balance = input.merged && stream.kind === 'task' && stream.reveals.context ? contexts : 0
  const batch = balance > 0 ? batchRows(training.batch, contexts) : training.batch
  const stepsEach = input.merged ? training.iterations * contexts : training.iterations
  const learner = createLearner({
    model,
    optimiser,
    batch,
    stream,
    method,
    key: key(seed),
    arithmetic: training.arithmetic,
    diagnose,
  })
  const transfer = input.measure.includes('transfer') && !input.merged ? createTransfer(input, learner) : undefined
  const steppers = createSteppers(learner)

  let loss: number | null = null
  let mean: number | null = null
  const tell = (phase: string, experience: number, step: number, steps: number): void => {
    if (step % stride !== 0 && step !== steps) return
    const experiences = stream.experiences.length
    const [doneSteps, totalSteps] = [learner.place.steps, stepsEach * experiences]
    observe({ phase, experience, experiences, step, steps, doneSteps, totalSteps, loss, accuracy: mean })
  }

  const untrained = accuracies(learner, contexts)
  if (untrained === undefined) throw new Error('run: the untrained network gives scores that are not finite')
  const matrix: number[][] = []
  const experiences: RawLog['experiences'][number][] = []
  const traces: RawLog['traces'][number][] = []
  const finish = (status: RawLog['status']): RawLog => {
    const measured = status.kind === 'complete' ? transfer?.finish() : undefined
    finished?.(learner)
    return {
      status,
      accuracy: { matrix, untrained },
      parameters: { sha256: digestOf(keptBy(learner)) },
      experiences,
      costs: costsOf(learner, measured?.work),
      traces,
      ...(measured === undefined ? {} : { transfer: measured.transfer }),
    }
  }

  for (const [index, experience] of stream.experiences.entries()) {
    transfer?.begin(index)
    const learned = learn(learner, steppers, {
      experience,
      steps: stepsEach,
      boundary: optimiser.boundary,
      balance,
      onStep: (step, now) => {
        loss = now
        transfer?.step(index, step)
        tell('train', index, step, stepsEach)
      },
      onPhase: (phase, step, steps) => tell(phase, index, step, steps),
    })
    traces.push(...learned.traces)
    if (!learned.finite) return finish({ kind: 'diverged', experience: index, step: learned.steps })
    experiences.push({
      index,
      context: experience.context,
      steps: learned.steps,
      loss: learned.loss,
      terms: learned.terms,
    })
    const row = accuracies(learner, contexts)
    if (row === undefined) return finish({ kind: 'diverged', experience: index, step: learned.steps })
    matrix.push(row)
    const met = input.merged ? row : row.slice(0, index + 1)
    mean = met.reduce((a, b) => a + b, 0) / met.length
    tell('evaluate', index, 0, contexts)
  }
  return finish({ kind: 'complete' })
}

/** Parameters of the network and, where it has one, its state after them. */
const keptBy = ({ world }: Learner): Float32Array => {
  const params = Float32Array.from(world.store.read('params'))
  const state = stateNow(world)
  if (state === undefined) return params
  const kept = new Float32Array(params.length + state.length)
  kept.set(params)
  kept.set(state, params.length)
  return kept
}

/** Accuracy on every context; undefined when a score is not finite. */
const accuracies = ({ evaluator }: Learner, contexts: number): number[] | undefined => {
  const row: number[] = []
  for (let j = 0; j < contexts; j++) {
    const accuracy = evaluator.accuracy(j)
    if (accuracy === undefined) return undefined
    row.push(accuracy)
  }
  return row
}

const recorded = ({ macs, operations, read, written, peak }: Work) => ({
  macs,
  operations,
  traffic: { read, written, peak },
})

/** `measuring`: work on copies, which counts as evaluation. */
const costsOf = ({ world, place, ledger }: Learner, measuring: Work = nothing()): RawLog['costs'] => {
  const evaluation = nothing()
  for (const work of [ledger.evaluation, measuring]) spend(evaluation, work)
  return {
    training: recorded(ledger.training),
    phases: Object.fromEntries(
      [...ledger.phases].map(([id, { spent, steps, rows }]) => [
        id,
        { ...recorded(spent), steps, rows: Object.fromEntries(rows) },
      ]),
    ),
    evaluation: recorded(evaluation),
    bytes: {
      parameters: 4 * world.network.layout.size + stateBytes(world),
      optimiser: slotBytes(world),
      strategy: tensorBytes(world, place),
      buffers: ledger.buffers,
    },
    rowsRead: Object.fromEntries(ledger.rowsRead),
  }
}
