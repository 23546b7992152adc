/** One seed of one method → one raw log: a pure function of configuration, seed and data. */
import type { RawLog } from '../record/rawLog.js'
import { digestOf } from '../record/digest.js'
import { key } from '../random/key.js'
import { arranged } from '../stream/arranged.js'
import { batchRows, stepsOn } from './batches.js'
import { createSteppers, learn, type Steppers } from './experience.js'
import type { Finding } from './finding.js'
import { createLearner, type Learner } from './learner.js'
import { nothing, spend, type Work } from './ledger.js'
import { stateBytes, stateNow } from './networkState.js'
import type { Progress } from './progress.js'
import { query } from './query.js'
import type { RunInput } from './runInput.js'
import { statisticBytes } from './statistics.js'
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
  finished?: (learner: Learner, steppers: Steppers) => void,
): RawLog => {
  const { model, optimiser, training, method, arrangement, seed } = input
  const stream = arranged(input.stream, arrangement)
  const contexts = stream.contexts.length
  const balance = arrangement === 'merged' && stream.kind === 'task' && stream.reveals.context ? contexts : 0
  const batch = balance > 0 ? batchRows(training.batch, contexts) : training.batch
  // an experience of several contexts has the steps of all of them, and an epoch is longer by itself
  const longer = (index: number): number => {
    if (training.epochs !== undefined || arrangement === 'separate') return 1
    return arrangement === 'merged' ? contexts : index + 1
  }
  const stepsFor = (index: number, size: number): number => longer(index) * stepsOn(training, size)
  const totalSteps = stream.experiences.reduce((sum, { size }, index) => sum + stepsFor(index, size), 0)
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
  const steppers = createSteppers(learner)
  const transfer =
    input.measure.includes('transfer') && arrangement === 'separate'
      ? createTransfer(input, learner, steppers)
      : undefined

  let loss: number | null = null
  let mean: number | null = null
  const tell = (phase: string, experience: number, step: number, steps: number): void => {
    if (step % stride !== 0 && step !== steps) return
    const experiences = stream.experiences.length
    const doneSteps = learner.place.steps
    observe({ phase, experience, experiences, step, steps, doneSteps, totalSteps, loss, accuracy: mean })
  }

  const everyContext = Array.from({ length: contexts }, (_, j) => j)
  const untrained = query(learner, steppers, everyContext).measured
  if (untrained === undefined) throw new Error('run: the untrained network gives scores that are not finite')
  const matrix: number[][] = []
  const withinContext: number[][] = []
  const experiences: RawLog['experiences'][number][] = []
  const traces: RawLog['traces'][number][] = []
  const finish = (status: RawLog['status']): RawLog => {
    const measured = status.kind === 'complete' ? transfer?.finish() : undefined
    const log: RawLog = {
      status,
      accuracy: {
        matrix,
        untrained: untrained.map(({ accuracy }) => accuracy),
        ...(input.measure.includes('within-context') ? { withinContext } : {}),
      },
      parameters: { sha256: digestOf(keptBy(learner)) },
      experiences,
      costs: costsOf(learner, measured?.work),
      traces,
      ...(measured === undefined ? {} : { transfer: measured.transfer }),
    }
    // after the costs: what it asks for is no part of the run
    finished?.(learner, steppers)
    return log
  }

  for (const [index, experience] of stream.experiences.entries()) {
    transfer?.begin(index)
    const learned = learn(learner, steppers, {
      experience,
      steps: (rows) => stepsFor(index, rows),
      rest: training.epochs === undefined ? 'drop' : 'keep',
      boundary: optimiser.boundary,
      balance,
      onStep: (step, steps, now) => {
        loss = now
        transfer?.step(index, step, steps)
        tell('train', index, step, steps)
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
    const { measured, traces: asked } = query(learner, steppers, everyContext)
    traces.push(...asked)
    if (measured === undefined) return finish({ kind: 'diverged', experience: index, step: learned.steps })
    const row = measured.map(({ accuracy }) => accuracy)
    matrix.push(row)
    withinContext.push(measured.map((m) => m.withinContext))
    const met = arrangement === 'merged' ? row : row.slice(0, index + 1)
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
      strategy: tensorBytes(world, place) + statisticBytes(world, place),
      buffers: ledger.buffers,
    },
    rowsRead: Object.fromEntries(ledger.rowsRead),
  }
}
