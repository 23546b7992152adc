/** Synthetic but plausible results of a split benchmark: 5 contexts, 6 methods, 3 seeds. Numbers come from rules, not from runs. */
import { RESULT_SCHEMA, type Result } from '../../src/record/result.js'

interface Shape {
  readonly label: string
  readonly strategies: readonly { readonly name: string }[]
  /** Accuracy on context j after experience i. */
  readonly accuracy: (i: number, j: number) => number
  readonly merged?: true
  readonly macs: number
  readonly phases: Result['costs']['phases']
  readonly bytes: readonly [strategy: number, buffers: number]
}

const CONTEXTS = 5
const TEST_ROWS = 2000

/** Work with so many multiply-accumulates, the rest by rules of thumb. */
const work = (macs: number): Result['costs']['training'] => ({
  macs,
  operations: macs / 20,
  traffic: { read: macs / 5, written: macs / 50, peak: macs === 0 ? 0 : 9_000_000 },
})

const sleep = (macs: number): Result['costs']['phases'] => ({
  'cls/before': { ...work(macs / 400), steps: CONTEXTS, rows: { 'cls/hippocampus': 256 * CONTEXTS } },
  'cls/sleep': { ...work(macs - macs / 200), steps: 2000, rows: { 'cls/hippocampus': 256000 } },
  'cls/after': { ...work(macs / 400), steps: CONTEXTS, rows: { 'cls/hippocampus': 256 * CONTEXTS } },
})

const fading = (floor: number, rate: number) => (i: number, j: number) =>
  i < j ? 0 : floor + (0.995 - floor) * Math.max(0, 1 - rate * (i - j))

export const shapes: readonly Shape[] = [
  { label: 'naive', strategies: [], accuracy: fading(0, 1), macs: 1.83e12, phases: {}, bytes: [0, 0] },
  {
    label: 'joint',
    strategies: [{ name: 'joint' }],
    merged: true,
    accuracy: (_, j) => 0.985 - j * 0.002,
    macs: 1.83e12,
    phases: {},
    bytes: [0, 0],
  },
  {
    label: 'ewc',
    strategies: [{ name: 'ewc' }],
    accuracy: fading(0.006, 0.99),
    macs: 1.83e12,
    phases: {
      'ewc/fisher': { ...work(2.1e10), steps: 470, rows: { experience: 60000 } },
      'ewc/anchor': { ...work(0), steps: CONTEXTS, rows: {} },
    },
    bytes: [3_833_120, 0],
  },
  {
    label: 'replay',
    strategies: [{ name: 'replay' }],
    accuracy: fading(0.72, 0.28),
    macs: 3.29e12,
    phases: { 'replay/fill': { ...work(0), steps: CONTEXTS, rows: { experience: 1000 } } },
    bytes: [0, 788_000],
  },
  {
    label: 'cls',
    strategies: [{ name: 'cls' }],
    accuracy: fading(0.8, 0.2),
    macs: 3.29e12,
    phases: sleep(3.66e11),
    bytes: [1_916_560, 828_000],
  },
  {
    label: 'cls-no-sleep',
    strategies: [{ name: 'cls' }],
    accuracy: fading(0.76, 0.24),
    macs: 3.29e12,
    phases: { 'cls/sleep': { ...work(0), steps: 0, rows: {} } },
    bytes: [1_916_560, 828_000],
  },
]

// a fixed wobble of about ± 1.5 % that differs by seed and place
const wobble = (seed: number, i: number, j: number): number => (((seed * 37 + i * 17 + j * 29) % 31) - 15) / 1000

const measuredAt = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * TEST_ROWS) / TEST_ROWS

const matrixOf = ({ accuracy, merged }: Shape, seed: number): readonly (readonly number[])[] =>
  Array.from({ length: merged ? 1 : CONTEXTS }, (_, i) =>
    Array.from({ length: CONTEXTS }, (_, j) => {
      const level = accuracy(merged ? CONTEXTS : i, j)
      return measuredAt(level < 0.02 ? level : level + wobble(seed, i, j))
    }),
  )

const evenly = (rows: number, labels: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(labels.map((label) => [String(label), rows / labels.length]))

const seen = (experience: number): readonly number[] => Array.from({ length: 2 * experience + 2 }, (_, c) => c)

/** What the engine reports of each phase: values of a single step as numbers, of several as their course. */
const valuesOf = (name: string, experience: number, seed: number): Result['traces'][number]['values'] => {
  const before = 0.043 - experience * 0.007 + seed / 10000
  const after = 0.027 - experience * 0.004 + seed / 10000
  const probe = { 'rows of replay by label': evenly(256, seen(experience)) }
  const values: Readonly<Record<string, Result['traces'][number]['values']>> = {
    'cls/before': { agreement: 0.97, loss: before, ...probe },
    'cls/sleep': {
      'rows of replay by label': evenly(51200, seen(experience)),
      'term consistency': { first: 0.0042, last: 0.0011, mean: 0.0023 },
      'term replay': { first: before, last: after, mean: (before + after) / 2 },
    },
    'cls/after': { agreement: 0.99, loss: after, ...probe },
    'ewc/fisher': { 'rows of finished by label': evenly(12000, [2 * experience, 2 * experience + 1]) },
    'replay/fill': { 'rows of finished by label': evenly(200, [2 * experience, 2 * experience + 1]) },
  }
  return values[name] ?? {}
}

const tracesOf = ({ phases }: Shape, seed: number): Result['traces'] =>
  Array.from({ length: CONTEXTS }, (_, experience) =>
    Object.entries(phases).map(([name, { macs, steps }]) => {
      const [strategy = '', phase = ''] = name.split('/')
      return {
        strategy,
        phase,
        experience,
        asked: phase === 'sleep' ? 2000 : steps / CONTEXTS,
        granted: steps / CONTEXTS,
        macs: macs / CONTEXTS,
        values: steps === 0 ? {} : valuesOf(name, experience, seed),
      }
    }),
  ).flat()

/** One run of a shape. */
export const resultOf = (shape: Shape, seed: number): Result => ({
  schema: RESULT_SCHEMA,
  benchmark: 'split-mnist-class',
  label: shape.label,
  seed,
  hash: `${shape.label}-${seed}`,
  configuration: {
    scenario: { name: 'split-mnist-class', incremental: 'class' },
    method: { label: shape.label, strategies: shape.strategies },
    seed,
  },
  status: { kind: 'complete' },
  accuracy: {
    matrix: matrixOf(shape, seed),
    untrained: Array.from({ length: CONTEXTS }, (_, j) => measuredAt(0.1 + wobble(seed, 7, j))),
  },
  experiences: Array.from({ length: shape.merged ? 1 : CONTEXTS }, (_, index) => ({
    index,
    context: shape.merged ? -1 : index,
    steps: 2000,
    loss: { first: 2.3, last: 0.02 + seed / 1000, mean: 0.09 },
    terms: {},
  })),
  costs: {
    training: work(shape.macs),
    phases: shape.phases,
    evaluation: work(4.8e10),
    bytes: { parameters: 1_916_560, optimiser: 3_833_120, strategy: shape.bytes[0], buffers: shape.bytes[1] },
    rowsRead: { stream: 1_280_000 },
  },
  traces: tracesOf(shape, seed),
  manifest: {
    engine: 'wasm',
    node: 'v20.19.0',
    machine: 'Example CPU, 2 cores',
    startedAt: '2025-01-01T00:00:00.000Z',
    seconds: 61.2,
    workers: 2,
    version: '0.1.0',
  },
})

/** The whole benchmark: every method at seeds 2, 3 and 4. */
export const fixtureResults: readonly Result[] = shapes.flatMap((shape) =>
  [2, 3, 4].map((seed) => resultOf(shape, seed)),
)

/** The first method's first run. */
export const naiveResult: Result = resultOf({ ...shapes[0]!, label: 'naive' }, 2)

/** A run that diverged in its third experience. */
export const diverged = ({ accuracy, experiences, ...rest }: Result): Result => ({
  ...rest,
  status: { kind: 'diverged', experience: 2, step: 417 },
  accuracy: { ...accuracy, matrix: accuracy.matrix.slice(0, 2) },
  experiences: experiences.slice(0, 2),
})

/** The order in which the benchmark lists its methods. */
export const order: readonly string[] = shapes.map(({ label }) => label)

/** The same run as a file from before element operations and bytes moved were recorded. */
export const older = (run: Result): Result => {
  const { training, evaluation, phases } = run.costs
  const kept = Object.entries(phases).map(([id, { macs, steps, rows }]) => [id, { macs, steps, rows }] as const)
  const costs = {
    training: { macs: training.macs },
    evaluation: { macs: evaluation.macs },
    phases: Object.fromEntries(kept),
  }
  return { ...run, costs: { ...run.costs, ...costs } }
}
