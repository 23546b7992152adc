/** The table of all metrics, in the order in which they are listed. */
import { averageAccuracy } from './averageAccuracy.js'
import { backwardTransfer } from './backwardTransfer.js'
import { evaluationMacs, keptBytes, learningMacs, phasesMacs, totalBytes, trainingMacs } from './costs.js'
import { evaluationEnergy, learningEnergy } from './energy.js'
import { forgettingChaudhry } from './forgettingChaudhry.js'
import { forgettingFirstLast } from './forgettingFirstLast.js'
import { forgettingMaxInclFinal } from './forgettingMaxInclFinal.js'
import { forwardTransfer } from './forwardTransfer.js'
import { incrementalAccuracy } from './incrementalAccuracy.js'
import { learningAccuracy } from './learningAccuracy.js'
import type { Metric } from './metric.js'
import { savings } from './savings.js'
import { transferRatio } from './transferRatio.js'
import {
  evaluationMoved,
  evaluationOperations,
  peakBytes,
  phasesMoved,
  phasesOperations,
  trainingMoved,
  trainingOperations,
} from './work.js'
import { withinContextAccuracy } from './withinContextAccuracy.js'
import { worstContext } from './worstContext.js'

/** Every metric there is; `engram list metrics` prints it and docs/metrics.md holds the same table. */
export const metrics: readonly Metric[] = [
  averageAccuracy,
  withinContextAccuracy,
  incrementalAccuracy,
  learningAccuracy,
  worstContext,
  forgettingChaudhry,
  forgettingFirstLast,
  forgettingMaxInclFinal,
  backwardTransfer,
  forwardTransfer,
  transferRatio,
  savings,
  trainingMacs,
  phasesMacs,
  learningMacs,
  evaluationMacs,
  trainingOperations,
  phasesOperations,
  evaluationOperations,
  trainingMoved,
  phasesMoved,
  evaluationMoved,
  keptBytes,
  totalBytes,
  peakBytes,
  ...learningEnergy,
  ...evaluationEnergy,
]
