/** The training steps that are timed, and their data: the same draws for everybody who is compared. */
import { cnn } from '../../../src/nn/cnn.js'
import { mlp } from '../../../src/nn/mlp.js'
import type { Network } from '../../../src/nn/network.js'
import { adam } from '../../../src/optim/adam.js'
import type { Optimiser } from '../../../src/optim/optimiser.js'
import { sgd } from '../../../src/optim/sgd.js'
import { integers } from '../../../src/random/draw.js'
import { folded, key, named } from '../../../src/random/key.js'

/** One kind of step: a network of 10 classes, its batch and its optimiser. */
export interface Task {
  readonly name: string
  readonly title: string
  readonly batch: number
  /** Widths of a perceptron; null for the convolutional network. */
  readonly sizes: readonly number[] | null
  readonly net: Network
  readonly optimiser: Optimiser
  /** Learning rate of the optimiser. */
  readonly rate: number
}

const perceptron = (inputs: number, hidden: readonly number[]) => ({
  sizes: [inputs, ...hidden, 10],
  net: mlp({ inputs, hidden, outputs: 10, initialiser: 'pytorch' }),
})
const descent = (rate: number) => ({ rate, optimiser: sgd({ rate }) })
const adaptive = (rate: number) => ({ rate, optimiser: adam({ rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }) })

/** The steps of issue 3's table. */
export const tasks = {
  A: {
    name: 'A',
    title: '784-400-400-10, batch 128, Adam',
    batch: 128,
    ...perceptron(784, [400, 400]),
    ...adaptive(1e-3),
  },
  B: {
    name: 'B',
    title: '784-100-100-10, batch 10, SGD',
    batch: 10,
    ...perceptron(784, [100, 100]),
    ...descent(0.01),
  },
  C: {
    name: 'C',
    title: '64-32-10, batch 16, SGD',
    batch: 16,
    ...perceptron(64, [32]),
    ...descent(0.01),
  },
  D: {
    name: 'D',
    title: '28x28, conv 3x3 16, pool, conv 3x3 32, pool, dense 10, batch 64, SGD',
    batch: 64,
    sizes: null,
    net: cnn({ height: 28, width: 28, channels: 1, filters: [16, 32], kernel: 3, outputs: 10, initialiser: 'pytorch' }),
    ...descent(0.01),
  },
} as const satisfies Readonly<Record<string, Task>>

/** Rows that are held; a step draws its batch from them. */
export const held = 1000

const base = (task: Task) => named(key(1), task.name)

/** Pixels 0 to 255, `[held, inputs]`: three of four are 0, as in images of digits. */
export const pixels = (task: Task): Uint8Array =>
  Uint8Array.from(integers(named(base(task), 'pixels'), held * task.net.inputs, 1024), (v) => (v < 256 ? v : 0))

/** Rows of the batch of step `i`. */
export const slotsAt = (task: Task, i: number): Int32Array =>
  integers(folded(named(base(task), 'slots'), i), task.batch, held)

/** Labels of the batch of step `i`: drawn anew at every step, so that no network learns them and gradients never vanish. */
export const labelsAt = (task: Task, i: number): Int32Array =>
  integers(folded(named(base(task), 'labels'), i), task.batch, 10)

/** Parameters to start from. */
export const initial = (task: Task): Float32Array => task.net.initialise(named(base(task), 'initialise'))
