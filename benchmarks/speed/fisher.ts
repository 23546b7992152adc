/**
 * The exact diagonal of the Fisher information of 1,000 examples against one gradient of the same examples, with 2 labels that
 * compete and with 10; beside them the loop with batch size 1 that other frameworks need: one gradient per example and label,
 * which also says whether the two agree. `tsx benchmarks/speed/fisher.ts [--rounds n] [--mode wide|fast] [--write]`.
 */
import type { Feed } from '../../src/compile/feed.js'
import { compile } from '../../src/compile/program.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import {
  add,
  assemble,
  block,
  broadcast,
  div,
  exp,
  flush,
  input,
  mul,
  neg,
  ones,
  rows,
  square,
  stop,
  sum,
} from '../../src/graph/ops.js'
import { perExampleSquares } from '../../src/graph/perExample.js'
import { squareFloor } from '../../src/graph/primitives/flush.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { fisherTerms } from '../../src/strategy/fisher.js'
import { arithmeticOf, options, switchTo } from './lib/options.js'
import { line, save, time } from './lib/report.js'
import { interleaved, timed, timesOf, type Work } from './lib/rounds.js'
import { held, labelsAt, tasks } from './lib/tasks.js'
import { storeOf } from './lib/training.js'

const set = options({ rounds: 9, milliseconds: 1 })
await switchTo(set.mode)
const arithmetic = arithmeticOf(set.mode)
const task = tasks.A
const size = task.net.layout.size
const params = block('params', [size])

/** A pass over all held rows that adds up one vector of the size of the parameters. */
interface Pass extends Work {
  /** The sum of one pass. */
  readonly total: () => ArrayLike<number>
}

/** Makes a pass from what a batch of `n` rows adds; losses are over the first `competing` labels. */
const pass = (
  name: string,
  { n, competing }: { readonly n: number; readonly competing: number },
  added: (losses: (labels: Expr) => Expr, y: Expr, x: Expr) => Expr,
  feeds: readonly Feed[],
): Pass => {
  const store = storeOf(task, arithmetic)
  store.block('total', [size])
  const x = div(rows(block('table', [held, task.net.inputs], 'u8'), input('slots', [n], 'i32')), 255)
  const { logits } = task.net.apply(params, x)
  const active = broadcast(assemble(10, [{ at: 0, value: ones([competing]) }]), [n, 10])
  const losses = (labels: Expr): Expr => crossEntropy(logits, labels, active)
  const total = add(block('total', [size]), added(losses, input('labels', [n], 'i32'), x))
  const program = compile({ updates: { total }, outputs: {} }, store)
  const all = (): void => {
    for (const feed of feeds) program.run(feed)
  }
  return {
    name,
    flop: 2 * program.cost.macs * feeds.length,
    prepare: (steps) => () => {
      for (let i = 0; i < steps; i++) all()
    },
    total: () => {
      store.write('total', new Float32Array(size))
      all()
      return store.read('total')
    },
  }
}

const batch = 125
const slots = Array.from({ length: held / batch }, (_, i) =>
  Int32Array.from({ length: batch }, (_row, j) => i * batch + j),
)
const labels = labelsAt({ ...task, batch: held }, 0)

const gradient = (competing: number): Pass =>
  pass(
    `gradient, ${competing} labels`,
    { n: batch, competing },
    (losses, y) => grad(sum(losses(y)), params),
    slots.map((rowsOf) => ({
      slots: rowsOf,
      labels: Int32Array.from(rowsOf, (row) => (labels[row] ?? 0) % competing),
    })),
  )

const fisher = (competing: number): Pass =>
  pass(
    `exact Fisher diagonal, ${competing} labels`,
    { n: batch, competing },
    (losses, y, x) => {
      const outputs = { count: 10, active: Array.from({ length: competing }, (_, k) => k) }
      const terms = fisherTerms('exact', losses, { n: batch, x, y, weights: ones([batch]) }, outputs, ones([batch]))
      return perExampleSquares(terms, params)
    },
    slots.map((rowsOf) => ({ slots: rowsOf })),
  )

const loop = (competing: number): Pass =>
  pass(
    `batch-size-1 loop, ${competing} labels`,
    { n: 1, competing },
    (losses, y) => {
      const loss = sum(losses(y))
      return mul(stop(exp(neg(loss))), square(flush(grad(loss, params), squareFloor)))
    },
    Array.from({ length: held * competing }, (_, i) => ({
      slots: [Math.floor(i / competing)],
      labels: [i % competing],
    })),
  )

/** The largest difference, relative to the largest value. */
const difference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let [most, largest] = [0, 0]
  for (let i = 0; i < a.length; i++) {
    most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)))
    largest = Math.max(largest, Math.abs(b[i] ?? 0))
  }
  return most / largest
}

console.log(`784-400-400-10, ${held} examples, batches of ${batch}, node ${process.version}, ${set.mode}`)
const figures = [2, 10].map((competing) => {
  const [plain, squares, single] = [gradient(competing), fisher(competing), loop(competing)]
  const times = interleaved([plain, squares], set)
  const [one, diagonal] = [plain, squares].map(({ name }) => timesOf(times.get(name) ?? []))
  if (one === undefined || diagonal === undefined) throw new Error('nothing was timed')
  const disagreement = difference(squares.total(), single.total())
  const alone = timed(single, 1)
  const gradients = diagonal.median / one.median
  console.log(line(plain.name, one))
  console.log(line(squares.name, diagonal, `${gradients.toFixed(2)} gradients`))
  console.log(`${single.name}: ${time(alone)}, ${(alone / diagonal.median).toFixed(0)} times the batched diagonal`)
  console.log(`largest difference, relative to the largest value: ${disagreement.toExponential(1)}`)
  return { labels: competing, gradient: one, diagonal, gradients, loop: alone, disagreement }
})
save(set, 'fisher', { examples: held, batch, figures })
