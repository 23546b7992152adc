/** Training of a network on the committed digits, through compiled programs, without the engine. */
import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { parseDigits } from '../../src/data/digits.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, input, mean } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { crossEntropy } from '../../src/nn/loss.js'
import type { Mode, Network, Output } from '../../src/nn/network.js'
import { adam } from '../../src/optim/adam.js'
import { integers } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

const parsed = parseDigits(new Uint8Array(readFileSync(new URL('../../data/digits.bin', import.meta.url))), 'test')
if (E.isLeft(parsed)) throw new Error('no digits')
const { train, test, scale } = parsed.right
const inputs = 64
const pixels = (of: { readonly pixels: Uint8Array }): Float32Array => Float32Array.from(of.pixels, (v) => v / scale)
const [trainX, testX] = [pixels(train), pixels(test)]

/** What a model is trained for: losses of rows `[n]`, from a pass over them. */
export interface Task<O extends Output> {
  readonly network: Omit<Network, 'apply'> & { readonly apply: (params: Expr, x: Expr, mode?: Mode) => O }
  readonly losses: (output: O, x: Expr, labels: Expr) => Expr
  /** What a row's context is: its class, or nothing. */
  readonly context?: 'class'
  readonly steps: number
  readonly rate: number
}

const batch = 32
const seed = 1

/** Trains with Adam on batches drawn with replacement; `evaluated` then gives anything over the test rows, or over other inputs. */
export const trainOnDigits = <O extends Output>(task: Task<O>) => {
  const { network } = task
  const store = createStore()
  const optimiser = adam({ rate: task.rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
  const size = network.layout.size
  const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]))
  for (const s of optimiser.slots) {
    store.block(s.name, s.shape(size))
    store.write(s.name, new Array<number>(sizeOf(s.shape(size))).fill(Number(s.init)))
  }
  const params = block('params', [size])
  store.block('params', [size])
  store.write('params', network.initialise(key(seed)))
  const state = network.state === undefined ? undefined : block('state', [network.state.layout.size])
  if (network.state !== undefined) {
    store.block('state', [network.state.layout.size])
    store.write('state', network.state.initial)
  }
  const mode = (n: number): Mode => ({
    state,
    context: task.context === undefined ? undefined : input('context', [n], 'i32'),
  })
  const [x, labels, words] = [input('x', [batch, inputs]), input('labels', [batch], 'i32'), input('key', [2], 'i32')]
  const output = network.apply(params, x, { ...mode(batch), training: { key: words } })
  const loss = mean(task.losses(output, x, labels))
  const stepped = optimiser.update({ gradient: grad(loss, params), params, slots })
  const updates = {
    params: stepped.params,
    ...stepped.slots,
    ...(output.state === undefined ? {} : { state: output.state }),
  }
  const step = compile({ updates, outputs: { loss } }, store)
  const losses: number[] = []
  const read = new Set(topological([loss, ...Object.values(updates)]).map((e) => String(e.attrs.name)))
  for (let i = 0; i < task.steps; i++) {
    const picked = integers(named(folded(key(seed), i), 'batch'), batch, train.size)
    const rows = new Float32Array(batch * inputs)
    picked.forEach((row, k) => rows.set(trainX.subarray(row * inputs, (row + 1) * inputs), k * inputs))
    const classes = picked.map((row) => train.labels[row]!)
    const draw = folded(key(seed), i)
    const feed = { x: rows, labels: classes, context: classes, key: [draw.a, draw.b] }
    step.run(Object.fromEntries(Object.entries(feed).filter(([name]) => read.has(name))))
    losses.push(step.scalar('loss'))
  }
  /** The value of an expression over all test rows, or over rows and inputs of its own. */
  const evaluated = (
    build: (params: Expr, x: Expr, mode: Mode) => Expr,
    env: Readonly<Record<string, ArrayLike<number>>> = {},
  ): Float32Array => {
    const value = build(params, input('x', [test.size, inputs]), mode(test.size))
    const program = compile({ updates: {}, outputs: { value } }, store)
    program.run(
      Object.keys(env).length > 0 ? env : { x: testX, ...(task.context === undefined ? {} : { context: test.labels }) },
    )
    return program.output('value')
  }
  /** Share of test rows whose largest logit is their class. */
  const accuracy = (): number => {
    const seen = largest(
      evaluated((p, rows, m) => network.apply(p, rows, m).logits),
      network.outputs,
    )
    return test.labels.filter((label, i) => seen[i] === label).length / test.size
  }
  return { losses, evaluated, accuracy, variance }
}

/** Mean squared distance of test rows from the mean of all of them. */
const variance = ((): number => {
  const middle = new Float64Array(inputs)
  testX.forEach((v, i) => (middle[i % inputs]! += v / test.size))
  return testX.reduce((a, v, i) => a + (v - middle[i % inputs]!) ** 2, 0) / testX.length
})()

/** The column of the largest entry of each row. */
export const largest = (logits: Float32Array, columns: number): readonly number[] =>
  Array.from({ length: logits.length / columns }, (_, i) => {
    const own = logits.subarray(columns * i, columns * (i + 1))
    return own.indexOf(own.reduce((a, b) => Math.max(a, b)))
  })

/** Trains a classifier with the cross-entropy. */
export const digitClassifier = (
  network: Network,
  { rate, steps = 300 }: { readonly rate: number; readonly steps?: number },
) => trainOnDigits({ network, losses: ({ logits }, _x, labels) => crossEntropy(logits, labels), rate, steps })
