/** Element operations, bytes moved and peak memory of the parts of a run, as metrics. Files from before they were counted have none. */
import * as E from 'fp-ts/lib/Either.js'
import { completeMatrix } from './matrix.js'
import { type Metric, measured, type Run } from './metric.js'

/** The parts of a run that cost something. Learning is `training` and `phases`. */
export type Part = 'training' | 'phases' | 'evaluation'

type Work = Run['costs']['training']

const worksOf = ({ costs }: Run, part: Part): readonly Work[] =>
  part === 'phases' ? Object.values(costs.phases) : [costs[part]]

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

/** A quantity of each of some works; left where the file is too old to have it. A run has it everywhere or nowhere. */
const quantity = (
  run: Run,
  parts: readonly Part[],
  of: (work: Work) => number | undefined,
): E.Either<string, readonly number[]> => {
  const all = [run.costs.training, ...parts.flatMap((part) => worksOf(run, part))].map(of)
  const known = all.filter((n) => n !== undefined)
  return known.length === all.length
    ? E.right(known.slice(1))
    : E.left('the result was written before element operations and bytes moved were counted')
}

/** Multiply-accumulates of some parts of a run. */
export const macsOf = (run: Run, parts: readonly Part[]): number =>
  sumOf(parts.flatMap((part) => worksOf(run, part).map(({ macs }) => macs)))

/** Element operations of some parts of a run. */
export const operationsOf = (run: Run, parts: readonly Part[]): E.Either<string, number> =>
  E.map(sumOf)(quantity(run, parts, ({ operations }) => operations))

/** Bytes that some parts of a run read and write. */
export const movedOf = (run: Run, parts: readonly Part[]): E.Either<string, number> =>
  E.map(sumOf)(quantity(run, parts, ({ traffic }) => traffic && traffic.read + traffic.written))

/** A metric of a run's costs, which only complete runs have. */
export const costMetric = ({
  of,
  ...named
}: Omit<Metric, 'better' | 'measure'> & { readonly of: (run: Run) => E.Either<string, number> }): Metric => ({
  ...named,
  better: 'lower',
  measure: (run) => measured(E.chain(() => of(run))(completeMatrix(run))),
})

const counted = "counted by the engine from the compiled steps' graphs"
const planned = "counted by the engine from the compiled steps' memory plans"

/** What is counted in a part, in the words of formulas. */
export const did: Readonly<Record<Part, string>> = {
  training: 'the steps on incoming batches, replayed rows included',
  phases: 'all phases: consolidation, Fisher information, sleep',
  evaluation: 'all evaluations on test data, and of learning on copies where transfer is measured',
}

const operations = (part: Part): Metric =>
  costMetric({
    id: `operations.${part}`,
    title: `operations of ${part}`,
    formula: `element operations of ${did[part]}`,
    source: counted,
    domain: 'complete runs that recorded element operations',
    unit: 'operations',
    of: (run) => operationsOf(run, [part]),
  })

const moved = (part: Part): Metric =>
  costMetric({
    id: `traffic.${part}`,
    title: `bytes moved in ${part}`,
    formula: `bytes read + bytes written by the kernels of ${did[part]}; each kernel reads an operand and writes a result once`,
    source: planned,
    domain: 'complete runs that recorded bytes moved',
    unit: 'traffic',
    of: (run) => movedOf(run, [part]),
  })

/** Element operations of the three parts, in order of `parts`. */
export const [trainingOperations, phasesOperations, evaluationOperations] = [
  operations('training'),
  operations('phases'),
  operations('evaluation'),
]

/** Bytes moved in the three parts. */
export const [trainingMoved, phasesMoved, evaluationMoved] = [moved('training'), moved('phases'), moved('evaluation')]

/** What the largest step needs at once. */
export const peakBytes = costMetric({
  id: 'memory.peak',
  title: 'peak memory',
  formula:
    'most bytes that one step of training or of a phase needs at once: live temporaries + the resident blocks it touches',
  source: planned,
  domain: 'complete runs that recorded bytes moved',
  unit: 'bytes',
  of: (run) =>
    E.map((peaks: readonly number[]) => Math.max(...peaks))(
      quantity(run, ['training', 'phases'], ({ traffic }) => traffic?.peak),
    ),
})
