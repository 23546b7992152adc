/** Every loss, in each of its forms, and what losses are made of. */
import { crossEntropy, logSoftmax, softmax, weightedMean } from '../../nn/loss.js'
import { binaryCrossEntropy } from '../../nn/losses/binaryCrossEntropy.js'
import { distillation } from '../../nn/losses/distillation.js'
import { gaussianDivergence } from '../../nn/losses/gaussianDivergence.js'
import { labelSmoothing } from '../../nn/losses/labelSmoothing.js'
import { meanSquaredError } from '../../nn/losses/meanSquaredError.js'
import type { ArgumentSpec } from '../argument.js'
import { type Checked, differentiated } from './differentiated.js'
import type { Item } from './item.js'

const shape = [4, 5]
const of = (name: string, low?: number, high?: number): ArgumentSpec => ({
  name,
  shape,
  ...(low === undefined || high === undefined ? {} : { low, high }),
})
const logits = of('logits', -4, 4)
const labels: ArgumentSpec = { name: 'labels', shape: [4], below: 5 }
const probabilities = of('probabilities', 0.05, 0.35)
/** Two to five active outputs in each row. */
const active: ArgumentSpec = {
  name: 'active',
  shape,
  values: [1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1],
  fixed: true,
}
const within: ArgumentSpec = { name: 'labels', shape: [4], values: [0, 2, 4, 2], below: 5 }

const losses: Readonly<Record<string, readonly Checked[]>> = {
  softmax: [
    { name: 'all outputs', f: (z) => softmax(z), args: [logits] },
    { name: 'active outputs', f: (z, a) => softmax(z, a), args: [logits, active] },
  ],
  logSoftmax: [
    { name: 'all outputs', f: (z) => logSoftmax(z), args: [logits] },
    {
      name: 'active outputs',
      f: (z, a) => logSoftmax(z, a),
      args: [
        { name: 'logits', shape: [4, 5], low: -4, high: 4 },
        { ...active, values: new Array<number>(20).fill(1) },
      ],
    },
  ],
  crossEntropy: [
    { name: 'labels', f: (z, y) => crossEntropy(z, y), args: [logits, labels] },
    { name: 'probabilities', f: (z, p) => crossEntropy(z, p), args: [logits, probabilities] },
    { name: 'active outputs', f: (z, y, a) => crossEntropy(z, y, a), args: [logits, within, active] },
  ],
  weightedMean: [
    {
      name: 'losses and weights',
      f: (x, w) => weightedMean(x, w),
      args: [
        { name: 'losses', shape: [6] },
        { name: 'weights', shape: [6], low: 0.25, high: 1 },
      ],
    },
  ],
  binaryCrossEntropy: (['sum', 'mean'] as const).map((over) => ({
    name: over,
    f: (z, t) => binaryCrossEntropy(z, t, over),
    args: [logits, of('targets', 0, 1)],
  })),
  meanSquaredError: (['sum', 'mean'] as const).map((over) => ({
    name: over,
    f: (a, b) => meanSquaredError(a, b, over),
    args: [of('predictions'), of('targets')],
  })),
  distillation: [
    {
      name: 'temperature 2',
      f: (student, teacher) => distillation(student, teacher, { temperature: 2, timesSquare: true }),
      args: [of('student', -4, 4), of('teacher', -4, 4)],
    },
    {
      name: 'active outputs',
      f: (student, teacher, a) =>
        distillation(student, teacher, { temperature: 1.5, timesSquare: false, teacherActive: a, active: a }),
      args: [of('student', -4, 4), of('teacher', -4, 4), active],
    },
  ],
  gaussianDivergence: [
    {
      name: 'from the standard normal',
      f: (mean, logVariance) => gaussianDivergence({ mean, logVariance }),
      args: [of('mean'), of('logVariance')],
    },
    {
      name: 'between two',
      f: (mean, logVariance, mean2, logVariance2) =>
        gaussianDivergence({ mean, logVariance }, { mean: mean2, logVariance: logVariance2 }),
      args: [of('mean'), of('logVariance'), of('mean2'), { name: 'logVariance2', shape: [5] }],
    },
  ],
  labelSmoothing: [
    {
      name: 'labels',
      f: (z, y) => crossEntropy(z, labelSmoothing(y, { classes: 5, amount: 0.25 })),
      args: [logits, labels],
    },
    {
      name: 'active outputs',
      f: (z, p, a) => crossEntropy(z, labelSmoothing(p, { classes: 5, amount: 0.25, active: a })),
      args: [logits, probabilities, { ...active, values: new Array<number>(20).fill(1) }],
    },
  ],
}

/** All losses. */
export const lossItems: readonly Item[] = Object.entries(losses).map(([name, cases]) => ({
  name,
  kind: 'loss',
  instances: cases.map(differentiated),
}))
