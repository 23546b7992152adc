/**
 * Time from nothing to a program that can run: building the graph of a training step, its derivative and the code. Run by
 * `compile.ts`, as the built package runs.
 *
 * - `cold`: the first step of a fresh process, store included (one child process each, modules loaded before the clock starts);
 * - `warm`: the same step again and again in one process against one store, as at the boundaries of a run;
 * - `new store`: the same with a store, and so a memory, of its own each time;
 * - `scaling`: time per node of graphs of about 500 and 5,000 nodes, interleaved; minimum over rounds.
 *
 * The step is 784-400-400-10 at batch 128 with a quadratic penalty (importance, anchor) and Adam.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { compile, type Spec } from '../../src/compile/program.js'
import { createStore, type Store } from '../../src/compile/store.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import {
  add,
  block,
  column,
  div,
  dot,
  exp,
  input,
  maxLast,
  mean,
  mul,
  relu,
  rows,
  slice,
  square,
  sub,
  sum,
} from '../../src/graph/ops.js'
import { topological } from '../../src/graph/topological.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { adam } from '../../src/optim/adam.js'
import { options } from './lib/options.js'
import { save } from './lib/report.js'
import { quantile, timesOf } from './lib/rounds.js'

const optimiser = adam({ rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })

/** One training step of a perceptron with penalty and Adam. */
const step = (hidden: readonly number[], inputs: number, batch: number): Spec => {
  const net = mlp({ inputs, hidden, outputs: 10, initialiser: 'pytorch' })
  const n = net.layout.size
  const params = block('params', [n])
  const x = div(rows(block('table', [1000, inputs], 'u8'), input('slots', [batch], 'i32')), 255)
  const losses = crossEntropy(net.apply(params, x).logits, input('labels', [batch], 'i32'))
  const penalty = mul(50, sum(mul(block('importance', [n]), square(sub(params, block('anchor', [n]))))))
  const loss = add(weightedMean(losses, input('weights', [batch])), penalty)
  const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(n))]))
  const next = optimiser.update({ gradient: grad(loss, params), params, slots })
  return { updates: { params: next.params, ...next.slots }, outputs: { loss } }
}

/** `ticks` steps of a recurrent network with a loss at each, and their gradient: one long chain over shared weights. */
const recurrent = (ticks: number): Spec => {
  const params = block('params', [24 * 24 + 24])
  const weight = slice(params, 0, [24, 24])
  let state = input('start', [8, 24])
  let loss: Expr = mul(0, sum(state))
  for (let t = 0; t < ticks; t++) {
    state = relu(dot(state, weight, { init: slice(params, 24 * 24, [24]) }))
    const e = exp(sub(state, column(maxLast(state))))
    loss = add(loss, mean(square(sub(div(e, column(sum(e, 1))), input(`target${t}`, [8, 24])))))
  }
  return { updates: { params: sub(params, mul(0.1, grad(loss, params))) }, outputs: { loss } }
}

/** `terms` values of one vector, each used by those after it: wide rather than deep. */
const wide = (terms: number): Spec => {
  const x = block('params', [50])
  const parts = Array.from({ length: terms }, (_, i) => exp(mul(x, 1 + i)))
  const sums = parts.map((p) => sum(p))
  return { updates: { params: parts.reduce((a, b) => sub(a, b)) }, outputs: { loss: sums.reduce((a, b) => add(a, b)) } }
}

const storeFor = (spec: Spec) => {
  const store = createStore()
  for (const e of nodes(spec)) if (e.op.name === 'block') store.block(String(e.attrs.name), e.shape, e.dtype)
  return store
}
const nodes = ({ updates, outputs }: Spec) => topological([...Object.values(updates), ...Object.values(outputs)])

/** Milliseconds of building and of compiling; without a store, of making one too. */
const timed = (
  build: () => Spec,
  given?: Store,
): { readonly build: number; readonly compile: number; readonly nodes: number } => {
  const start = performance.now()
  const spec = build()
  const built = performance.now()
  const program = compile(spec, given ?? storeFor(spec))
  const compiled = performance.now()
  if (given !== undefined) program.dispose()
  return { build: built - start, compile: compiled - built, nodes: nodes(spec).length }
}
const median = (xs: readonly number[]): number => quantile(xs, 0.5)
const ms = (x: number): string => `${x.toFixed(2)} ms`
const task = (): Spec => step([400, 400], 784, 128)

if (process.argv[2] === 'once') {
  const { build, compile: compiling } = timed(task)
  console.log(JSON.stringify({ build, compile: compiling }))
} else {
  const set = options({ rounds: 50, milliseconds: 0 })
  const self = fileURLToPath(import.meta.url)
  const cold = Array.from({ length: 7 }, () => {
    const text = execFileSync(process.execPath, [self, 'once'], { encoding: 'utf8' })
    const { build = 0, compile: compiling = 0 }: { readonly build?: number; readonly compile?: number } =
      JSON.parse(text)
    return { build, compile: compiling }
  })
  const store = storeFor(task())
  const warm = Array.from({ length: 10 + set.rounds }, () => timed(task, store)).slice(10)
  const anew = Array.from({ length: 10 + set.rounds }, () => timed(task)).slice(10)
  const report = (name: string, times: readonly { readonly build: number; readonly compile: number }[]): void =>
    console.log(
      `${name}  ${ms(median(times.map((t) => t.build + t.compile)))}  (graph ${ms(median(times.map((t) => t.build)))}, compile ${ms(median(times.map((t) => t.compile)))})`,
    )
  console.log(`784-400-400-10, batch 128, penalty, Adam: ${warm[0]?.nodes} nodes, node ${process.version}; medians`)
  report('cold', cold)
  report('warm', warm)
  report('new store', anew)
  const kinds: Readonly<Record<string, readonly [() => Spec, () => Spec]>> = {
    'deep perceptron': [
      () =>
        step(
          Array.from({ length: 27 }, () => 8),
          16,
          8,
        ),
      () =>
        step(
          Array.from({ length: 330 }, () => 8),
          16,
          8,
        ),
    ],
    'unrolled recurrent': [() => recurrent(9), () => recurrent(96)],
    'wide sums': [() => wide(75), () => wide(760)],
  }
  const scaling = Object.entries(kinds).map(([name, [small, large]]) => {
    const times = Array.from({ length: 5 }, () => [timed(small), timed(large)] as const)
    const each = ([0, 1] as const).map((i) => {
      const best = Math.min(...times.map((t) => t[i].build + t[i].compile))
      const n = times[0]?.[i].nodes ?? 1
      return { text: `${n} nodes ${ms(best)}, ${((best * 1000) / n).toFixed(1)} µs a node`, each: best / n }
    })
    const ratio = (each[1]?.each ?? 0) / (each[0]?.each ?? 1)
    console.log(`${name}: ${each.map((e) => e.text).join('; ')}; ratio ${ratio.toFixed(2)}`)
    return { name, ratio }
  })
  const whole = (times: readonly { readonly build: number; readonly compile: number }[]) =>
    timesOf(times.map((t) => t.build + t.compile))
  save(set, 'compile', { cold: whole(cold), warm: whole(warm), newStore: whole(anew), scaling })
}
