/**
 * Short trainings whose final parameters name an engine's bits: two perceptrons, odd sizes that leave remainders in every
 * kernel with a penalty, and a convolutional network. They need nothing but WebAssembly, so that they run in a page as in Node.
 */
import type { Arithmetic } from '../compile/arithmetic.js'
import { compile, type Spec } from '../compile/program.js'
import { createStore } from '../compile/store.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import { add, block, input, mean, mul, square, sub, sum } from '../graph/ops.js'
import { cnn } from '../nn/cnn.js'
import { crossEntropy } from '../nn/loss.js'
import { mlp } from '../nn/mlp.js'
import type { Network } from '../nn/network.js'
import { adam } from '../optim/adam.js'
import { initialSlot, type Optimiser } from '../optim/optimiser.js'
import { sgd } from '../optim/sgd.js'
import { integers, uniforms } from '../random/draw.js'
import { folded, key, named } from '../random/key.js'
import { digestOf } from '../record/digest.js'

/** One training on drawn rows; λ is the strength of a pull to the initial parameters, λ/2·Σ(θ − θ₀)². */
export interface Training {
  readonly name: string
  readonly network: Network
  readonly optimiser: Optimiser
  readonly batch: number
  readonly steps: number
  readonly lambda?: number
}

const moments = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

const perceptron = (inputs: number, hidden: readonly number[], outputs: number): Network =>
  mlp({ inputs, hidden, outputs, initialiser: 'pytorch' })

/** The trainings of `engram hash`, a second or two in all. */
export const trainings: readonly Training[] = [
  {
    name: 'mlp-adam',
    network: perceptron(784, [400, 400], 10),
    optimiser: adam({ rate: 0.001, ...moments }),
    batch: 128,
    steps: 40,
  },
  {
    name: 'mlp-sgd',
    network: perceptron(784, [100, 100], 10),
    optimiser: sgd({ rate: 0.1 }),
    batch: 10,
    steps: 400,
  },
  {
    name: 'odd-sizes',
    network: perceptron(37, [29, 13], 7),
    optimiser: adam({ rate: 0.003, ...moments }),
    batch: 11,
    steps: 500,
    lambda: 0.01,
  },
  {
    name: 'cnn',
    network: cnn({
      height: 28,
      width: 28,
      channels: 1,
      filters: [16, 32],
      kernel: 3,
      outputs: 10,
      initialiser: 'pytorch',
    }),
    optimiser: sgd({ rate: 0.05 }),
    batch: 64,
    steps: 25,
  },
]

/** A training as a step over named blocks, with their first values and the batches it is fed. */
export interface Staged {
  readonly spec: Spec
  readonly initial: Readonly<Record<string, Float32Array>>
  /** Rows and labels of step `i`; a few batches are taken in turns. */
  readonly batch: (i: number) => { readonly x: Float32Array; readonly y: Int32Array }
}

/** How many different batches there are. */
const turns = 4

/** The step of a training as graphs, for programs and for the reference alike. */
export const stageTraining = ({ name, network, optimiser, batch, lambda }: Training): Staged => {
  const { layout, inputs, outputs } = network
  const { size } = layout
  const params = block('params', [size])
  const slots = Object.fromEntries(optimiser.slots.map((slot) => [slot.name, block(slot.name, slot.shape(size))]))
  const x = input('x', [batch, inputs])
  const y = input('y', [batch], 'i32')
  const risk = mean(crossEntropy(network.apply(params, x).logits, y))
  const pull = (strength: number): Expr => mul(strength / 2, sum(square(sub(params, block('anchor', [size])))))
  const loss = lambda === undefined ? risk : add(risk, pull(lambda))
  const stepped = optimiser.update({ gradient: grad(loss, params), params, slots })
  const own = named(key(1), name)
  const first = network.initialise(named(own, 'initialise'))
  const batches = Array.from({ length: turns }, (_, i) => ({
    // about half of the values are 0, as in images
    x: Float32Array.from(uniforms(named(folded(own, i), 'rows'), batch * inputs), (u) => Math.max(0, 2 * u - 1)),
    y: integers(named(folded(own, i), 'labels'), batch, outputs),
  }))
  return {
    spec: { updates: { params: stepped.params, ...stepped.slots }, outputs: { loss } },
    initial: {
      params: first,
      ...(lambda === undefined ? {} : { anchor: first }),
      ...Object.fromEntries(optimiser.slots.map((slot) => [slot.name, initialSlot(slot, first)])),
    },
    batch: (i) => batches[i % turns]!,
  }
}

/** The parameters after the steps of a training, by compiled programs. */
export const trained = (training: Training, arithmetic: Arithmetic = 'exact'): Float32Array => {
  const { spec, initial, batch } = stageTraining(training)
  const store = createStore({ arithmetic })
  for (const [name, values] of Object.entries(initial)) {
    store.block(name, spec.updates[name]?.shape ?? [values.length])
    store.write(name, values)
  }
  const program = compile(spec, store)
  for (let i = 0; i < training.steps; i++) program.run({ ...batch(i) })
  return Float32Array.from(store.read('params'))
}

/** Digest of the parameters after each training, by its name: equal wherever the arithmetic is exact. */
export const digests = (arithmetic: Arithmetic = 'exact'): Readonly<Record<string, string>> =>
  Object.fromEntries(trainings.map((training) => [training.name, digestOf(trained(training, arithmetic))]))
