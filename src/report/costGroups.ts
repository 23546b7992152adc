/** What the costs of a run are shown as, in the terminal and on the page: work and energy, by part of the run. */
import { evaluationMacs, phasesMacs, trainingMacs } from '../metrics/costs.js'
import { evaluationEnergy, learningEnergy } from '../metrics/energy.js'
import type { Metric } from '../metrics/metric.js'
import {
  evaluationMoved,
  evaluationOperations,
  phasesMoved,
  phasesOperations,
  trainingMoved,
  trainingOperations,
} from '../metrics/work.js'
import { column, listed, type Shown } from './format.js'
import { cell, type MethodRuns } from './summary.js'

/** Columns side by side under one title. */
export interface CostGroup {
  readonly title: string
  readonly lanes: readonly CostLane[]
}

/** One column: what every method spent, null where it has no value. */
export interface CostLane {
  readonly metric: Metric
  readonly heading: string
  readonly shown: readonly (Shown | null)[]
}

/** The groups of a table, without the columns that are empty, and why these are. */
export interface CostGroups {
  readonly groups: readonly CostGroup[]
  readonly reasons: readonly string[]
}

type Wanted = readonly { readonly title: string; readonly metrics: readonly (readonly [heading: string, Metric])[] }[]

const groupsOf = (methods: readonly MethodRuns[], wanted: Wanted): CostGroups => {
  const without = new Map<string, Set<string>>()
  const lane = (heading: string, metric: Metric): readonly CostLane[] => {
    const cells = methods.map((method) => cell(metric, method))
    methods.forEach(({ label, complete }, m) => {
      const found = cells[m]
      // a method without a complete run has its own note
      if (found?.kind === 'undefined' && complete.length > 0)
        without.set(found.reason, (without.get(found.reason) ?? new Set()).add(label))
    })
    return cells.some(({ kind }) => kind === 'estimate') ? [{ metric, heading, shown: column(metric, cells) }] : []
  }
  const groups = wanted.map(({ title, metrics }) => ({
    title,
    lanes: metrics.flatMap(([h, metric]) => lane(h, metric)),
  }))
  return {
    groups: groups.filter(({ lanes }) => lanes.length > 0),
    reasons: [...without].map(
      ([reason, labels]) =>
        `Not for ${labels.size === methods.length ? 'any method' : listed([...labels])}: ${reason}.`,
    ),
  }
}

const headed = (headings: readonly string[], metrics: readonly Metric[]): readonly (readonly [string, Metric])[] =>
  metrics.map((metric, i) => [headings[i] ?? metric.title, metric])

const work = ['products', 'operations', 'moved'] as const

/** Multiply-accumulates, element operations and bytes moved of training, of phases and of evaluation. */
export const workGroups = (methods: readonly MethodRuns[]): CostGroups =>
  groupsOf(methods, [
    { title: 'training', metrics: headed(work, [trainingMacs, trainingOperations, trainingMoved]) },
    { title: 'sleep, consolidation', metrics: headed(work, [phasesMacs, phasesOperations, phasesMoved]) },
    { title: 'evaluation', metrics: headed(work, [evaluationMacs, evaluationOperations, evaluationMoved]) },
  ])

const energy = ['arithmetic', 'with memory', 'brain'] as const

/** Estimated energy of learning and of evaluation. */
export const energyGroups = (methods: readonly MethodRuns[]): CostGroups =>
  groupsOf(methods, [
    { title: 'learning', metrics: headed(energy, learningEnergy) },
    { title: 'evaluation', metrics: headed(energy, evaluationEnergy) },
  ])
