/**
 * Whether this engine's code for our kernels gives the bits of the reference: for compilers that are experimental. Kernels run often
 * enough for an optimising compiler to take them, and every result of theirs is compared.
 */
import { cost } from '../graph/cost.js'
import { evaluate } from '../graph/evaluate.js'
import type { Expr } from '../graph/expr.js'
import { grad } from '../graph/grad.js'
import {
  add,
  column,
  convolve,
  cos,
  div,
  dot,
  erf,
  exp,
  flush,
  input,
  joinLast,
  log,
  maxLast,
  mul,
  normal,
  permute,
  poolMax,
  rankLast,
  relu,
  scan,
  sigmoid,
  sin,
  sliceLast,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from '../graph/ops.js'
import { type Shape, sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import type { Feed } from './feed.js'
import { gemmTwin, type Product } from './gemm/twin.js'
import { compile, type Program } from './program.js'
import { createStore, type Store } from './store.js'

/** One program, what it is fed, and the bits that it must give. */
interface Case {
  readonly name: string
  readonly program: Program
  readonly feed: Feed
  readonly expected: Readonly<Record<string, Int32Array>>
  /** Runs in a row, so that it is worth optimising. */
  readonly runs: number
}

/** See above. */
export interface SelfTest {
  /** Runs every kernel many times; names what gave other bits than the reference at least once. */
  readonly round: () => readonly string[]
}

/** All NaNs are one: payloads are not promised. */
const bitsOf = (values: Float32Array): Int32Array => {
  for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) values[i] = Number.NaN
  return new Int32Array(values.buffer, values.byteOffset, values.length)
}

/** Values in ±1 by a linear congruence: good enough for this, and cheaper than draws. */
const values = (seed: number, size: number): Float32Array => {
  const out = new Float32Array(size)
  let state = seed
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    out[i] = (state >> 8) / 2 ** 23
  }
  return out
}

/** Work of a kernel per round, in multiply-accumulates or element operations: ten times what the shell tells V8 to wait for. */
const enough = 1e6

const runsFor = (work: number): number => Math.min(2000, Math.max(2, Math.ceil(enough / work)))

type Sizes = readonly [m: number, k: number, n: number, form: 'nn' | 'tn' | 'nt', bias?: 'bias']

/** Remainders in rows, columns and depth: heads, products that stay in the caches, and products that are packed in blocks. */
const products: Readonly<Record<string, readonly Sizes[]>> = {
  heads: [
    [16, 32, 10, 'nn', 'bias'],
    [32, 16, 10, 'tn'],
    [16, 10, 32, 'nt'],
    [7, 65, 3, 'nn'],
  ],
  layers: [
    [23, 61, 37, 'nn', 'bias'],
    [37, 61, 23, 'tn'],
    [23, 61, 37, 'nt'],
    [23, 430, 21, 'nt', 'bias'],
  ],
  blocks: [
    [43, 430, 57, 'nn', 'bias'],
    [57, 430, 43, 'tn'],
  ],
}

/** One program with several products. */
const productsCase = (store: Store, name: string, sizes: readonly Sizes[]): Case => {
  const parts = sizes.map(([m, k, n, form, bias], i) => {
    const product: Product = { m, n, k, ta: form === 'tn', tb: form === 'nt' }
    const { ta, tb } = product
    const operand = (leaf: string, shape: Shape, seed: number) => ({
      leaf: input(`${leaf}${i}`, shape),
      values: values(3 * i + seed, sizeOf(shape)),
    })
    const a = operand('a', ta ? [k, m] : [m, k], 1)
    const b = operand('b', tb ? [n, k] : [k, n], 2)
    const init = bias === undefined ? undefined : operand('init', [n], 3)
    return {
      output: `${m}×${k}×${n} ${form}`,
      e: dot(a.leaf, b.leaf, { ta, tb, ...(init === undefined ? {} : { init: init.leaf }) }),
      operands: init === undefined ? [a, b] : [a, b, init],
      expected: bitsOf(gemmTwin(product, a.values, b.values, init?.values)),
      work: m * n * k,
    }
  })
  return {
    name,
    program: compile({ updates: {}, outputs: Object.fromEntries(parts.map(({ output, e }) => [output, e])) }, store),
    feed: Object.fromEntries(
      parts.flatMap(({ operands }) => operands.map(({ leaf, values: given }) => [String(leaf.attrs.name), given])),
    ),
    expected: Object.fromEntries(parts.map(({ output, expected }) => [output, expected])),
    runs: runsFor(Math.min(...parts.map(({ work }) => work))),
  }
}

const workOf = (outputs: readonly Expr[]): number => {
  const { macs, operations } = cost(outputs)
  return macs + operations
}

/** A program of any graph of f32 inputs and keys, checked against the reference evaluator. */
const graphCase = (store: Store, name: string, outputs: Readonly<Record<string, Expr>>): Case => {
  const inputs = topological(Object.values(outputs)).filter((e) => e.op.name === 'input')
  const feed = Object.fromEntries(
    inputs.map((e, i) => {
      const drawn = values(i + 1, sizeOf(e.shape))
      return [String(e.attrs.name), e.dtype === 'i32' ? drawn.map((v) => Math.floor(v * 2 ** 23)) : drawn]
    }),
  )
  const results = evaluate(Object.values(outputs), feed, 'f32')
  return {
    name,
    program: compile({ updates: {}, outputs }, store),
    feed,
    expected: Object.fromEntries(Object.keys(outputs).map((output, i) => [output, bitsOf(results[i]!)])),
    runs: runsFor(workOf(Object.values(outputs))),
  }
}

const optimiserStep = (): Readonly<Record<string, Expr>> => {
  const [p, m, v, g] = ['p', 'm', 'v', 'g'].map((name) => input(name, [1003]))
  const first = flush(add(mul(0.9, m!), mul(0.1, g!)), 1e-36)
  const second = flush(add(mul(0.999, square(v!)), mul(0.001, square(flush(g!, 1e-18)))), 1e-36)
  return { first, second, params: sub(p!, mul(0.01, div(first, add(sqrt(second), 1e-8)))) }
}

const softmaxLoss = (): Readonly<Record<string, Expr>> => {
  const z = relu(input('z', [29, 19]))
  const shifted = sub(z, column(maxLast(z)))
  const scores = sub(shifted, column(log(sum(exp(shifted), 1))))
  return { scores, rows: sum(scores, 0), total: sum(mul(scores, input('w', [29, 19]))) }
}

/** Functions of our own on both sides of where their formulas change. */
const functions = (): Readonly<Record<string, Expr>> => {
  const x = mul(5, input('x', [211]))
  return { tanh: tanh(x), sigmoid: sigmoid(x), erf: erf(x), sin: sin(x), cos: cos(x) }
}

/** Draws, ranks, and axes and columns that move, with remainders. */
const moves = (): Readonly<Record<string, Expr>> => {
  const [key, x] = [input('key', [2], 'i32'), input('x', [7, 9, 11])]
  const turned = permute(x, [2, 0, 1])
  const columns = sliceLast(x, 2, 7)
  return { normal: normal(key, 'self-test', [203]), turned, joined: joinLast([columns, x]), ranks: rankLast(x) }
}

/** A convolution with its pooling and gradients; images and channels with remainders. */
const convolution = (inputs: number, outputs: number): Readonly<Record<string, Expr>> => {
  const image = input('image', [2, 7, 9, inputs])
  const kernel = input('kernel', [3, 3, inputs, outputs])
  const init = input('init', [outputs])
  const pooled = poolMax(relu(convolve(image, kernel, { init, pad: 1 })), 2)
  const value = sum(mul(pooled, input('weights', pooled.shape)))
  return { pooled, image: grad(value, image), kernel: grad(value, kernel), init: grad(value, init) }
}

/** A loop over time and its gradients, with remainders. */
const recurrence = (): Readonly<Record<string, Expr>> => {
  const [x, inward, recurrent] = [input('x', [6, 5, 11]), input('inward', [11, 13]), input('recurrent', [13, 13])]
  const { outputs } = scan({ states: { h: input('start', [5, 13]) }, inputs: { x } }, (state, now) => {
    const h = relu(add(dot(now.x, inward), dot(state.h, recurrent)))
    return { states: { h }, outputs: { h } }
  })
  const value = sum(mul(outputs.h, input('weights', [6, 5, 13])))
  return { h: outputs.h, x: grad(value, x), inward: grad(value, inward), recurrent: grad(value, recurrent) }
}

/** Prepares programs and what they must give, in about a tenth of a second. `store`: where they are compiled. */
export const createSelfTest = (store: Store = createStore()): SelfTest => {
  const cases = [
    ...Object.entries(products).map(([name, sizes]) => productsCase(store, name, sizes)),
    graphCase(store, 'optimiser', optimiserStep()),
    graphCase(store, 'softmax', softmaxLoss()),
    graphCase(store, 'functions', functions()),
    graphCase(store, 'draws and moves', moves()),
    graphCase(store, 'loop over time', recurrence()),
    graphCase(store, 'convolution of 1 channel', convolution(1, 16)),
    graphCase(store, 'convolution of 12 channels', convolution(12, 21)),
  ]
  return { round: () => cases.flatMap((c) => wrong(c).map((output) => `${c.name}: ${output}`)) }
}

/** The outputs that differ in some run. */
const wrong = ({ program, feed, expected, runs }: Case): readonly string[] => {
  const found = new Set<string>()
  for (let i = 0; i < runs; i++) {
    program.run(i === 0 ? feed : {})
    for (const name of Object.keys(expected)) if (!equal(bitsOf(program.output(name)), expected[name]!)) found.add(name)
  }
  return [...found]
}

const equal = (a: Int32Array, b: Int32Array): boolean => {
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false
  return true
}
