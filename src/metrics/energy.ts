/**
 * Energy, always an estimate: counted work times the energy of one operation, after Horowitz 2014 (Computing's energy problem, ISSCC,
 * figure 1.1.9; 45 nm, 0.9 V). Nothing was measured on a machine, and no machine is meant: it puts costs of two kinds, arithmetic and
 * memory, on one scale.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Metric, Run } from './metric.js'
import { costMetric, macsOf, movedOf, operationsOf, type Part } from './work.js'

/** Joules of a 32-bit floating-point product and of a sum. */
const product = 3.7e-12
const addition = 0.9e-12

/** Joules of a byte to or from DRAM: the lower end of 1.3 to 2.6 nJ per 64 bits. */
const dramByte = 1.3e-9 / 8

/** Watts of an adult brain at rest (Clarke & Sokoloff 1999). */
const brain = 20

/** What the estimate assumes, as sentences; every report that shows it prints them. */
export const assumptions: readonly string[] = [
  'Energy is an estimate from counted work, not a measurement: the energies are those of Horowitz 2014 (ISSCC, figure 1.1.9) for 45 nm at 0.9 V, without instructions, leakage, cooling or the host.',
  'Arithmetic: 4.6 pJ per multiply-accumulate (32-bit product 3.7, sum 0.9) and 0.9 pJ per element operation, whatever it is.',
  'With memory: besides, 1.3 nJ per 8 bytes moved, the lower end of what Horowitz gives for DRAM (1.3 to 2.6 nJ), as if every kernel read its operands from DRAM and wrote its results there and no cache kept anything in between.',
  'Brain-seconds: the estimate with memory divided by 20 W, the power of an adult brain (Clarke & Sokoloff 1999).',
]

const arithmetic = (run: Run, parts: readonly Part[]): E.Either<string, number> =>
  E.map((operations: number) => (product + addition) * macsOf(run, parts) + addition * operations)(
    operationsOf(run, parts),
  )

const withMemory = (run: Run, parts: readonly Part[]): E.Either<string, number> =>
  E.chain((joules: number) => E.map((bytes: number) => joules + dramByte * bytes)(movedOf(run, parts)))(
    arithmetic(run, parts),
  )

const source =
  "estimate after Horowitz 2014 (Computing's energy problem, ISSCC, figure 1.1.9), 45 nm, 0.9 V, 32-bit floats"

interface Whole {
  readonly name: 'learning' | 'evaluation'
  readonly parts: readonly Part[]
  /** Where the work is counted. */
  readonly macs: string
  readonly operations: string
  readonly traffic: string
}

const learning: Whole = {
  name: 'learning',
  parts: ['training', 'phases'],
  macs: 'cost.learning',
  operations: '(operations.training + operations.phases)',
  traffic: '(traffic.training + traffic.phases)',
}

const evaluation: Whole = {
  name: 'evaluation',
  parts: ['evaluation'],
  macs: 'cost.evaluation',
  operations: 'operations.evaluation',
  traffic: 'traffic.evaluation',
}

const arithmeticMetric = ({ name, parts, macs, operations }: Whole): Metric =>
  costMetric({
    id: `energy.${name}.arithmetic`,
    title: `estimated energy of ${name}, arithmetic alone`,
    formula: `4.6 pJ × ${macs} + 0.9 pJ × ${operations}`,
    source,
    domain: 'complete runs that recorded element operations',
    unit: 'joules',
    of: (run) => arithmetic(run, parts),
  })

const memoryMetric = ({ name, parts, traffic }: Whole): Metric =>
  costMetric({
    id: `energy.${name}.memory`,
    title: `estimated energy of ${name}, with memory traffic`,
    formula: `energy.${name}.arithmetic + 1.3 nJ / 8 × ${traffic}`,
    source: `${source}; DRAM at the lower end of 1.3 to 2.6 nJ per 64 bits, no caches between kernels`,
    domain: 'complete runs that recorded element operations and bytes moved',
    unit: 'joules',
    of: (run) => withMemory(run, parts),
  })

const brainMetric = ({ name, parts }: Whole): Metric =>
  costMetric({
    id: `energy.${name}.brain`,
    title: `estimated brain-seconds of ${name}`,
    formula: `energy.${name}.memory / 20 W`,
    source: `${source}; 20 W: Clarke & Sokoloff 1999 (Basic Neurochemistry, chapter 31)`,
    domain: 'complete runs that recorded element operations and bytes moved',
    unit: 'seconds',
    of: (run) => E.map((joules: number) => joules / brain)(withMemory(run, parts)),
  })

/** Estimated joules of learning without memory traffic, with it, and as seconds of a brain. */
export const learningEnergy: readonly Metric[] = [
  arithmeticMetric(learning),
  memoryMetric(learning),
  brainMetric(learning),
]

/** The same of evaluation. */
export const evaluationEnergy: readonly Metric[] = [
  arithmeticMetric(evaluation),
  memoryMetric(evaluation),
  brainMetric(evaluation),
]
