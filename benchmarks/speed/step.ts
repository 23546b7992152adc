/**
 * A training step of 784-400-400-10 (batch 128, Adam, 286 MFLOP): the compiled program against the reference evaluator, in one
 * run. Prints the median over rounds, throughput, and their ratio. Labels are drawn anew at every step, so that gradients never
 * vanish. `npm run bench -- [rounds]`; the reference takes about half a minute a step.
 */
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { block, div, input, rows } from '../../src/graph/ops.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { adam } from '../../src/optim/adam.js'
import { integers } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

const rounds = Number(process.argv[2] ?? 300)
const [batch, held] = [128, 1000]
const net = mlp({ inputs: 784, hidden: [400, 400], outputs: 10, initialiser: 'pytorch' })
const optimiser = adam({ rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
const size = net.layout.size
const params = block('params', [size])
const slots = Object.fromEntries(optimiser.slots.map((s) => [s.name, block(s.name, s.shape(size))]))
const x = div(rows(block('table', [held, 784], 'u8'), input('slots', [batch], 'i32')), 255)
const losses = crossEntropy(net.apply(params, x).logits, input('labels', [batch], 'i32'))
const loss = weightedMean(losses, input('weights', [batch]))
const stepped = optimiser.update({ gradient: grad(loss, params), params, slots })
const updates = { params: stepped.params, ...stepped.slots }

const seed = key(1)
const start: Record<string, ArrayLike<number>> = {
  params: net.initialise(named(seed, 'initialise')),
  table: integers(named(seed, 'table'), held * 784, 256),
}
for (const s of optimiser.slots) start[s.name] = new Float32Array(s.shape(size).reduce((n, d) => n * d, 1)).fill(s.init)
const feeds = (i: number) => ({
  slots: integers(folded(named(seed, 'slots'), i), batch, held),
  labels: integers(folded(named(seed, 'labels'), i), batch, 10),
  weights: new Float32Array(batch).fill(1),
})

const store = createStore()
store.block('table', [held, 784], 'u8')
store.block('params', [size])
for (const s of optimiser.slots) store.block(s.name, s.shape(size))
for (const [name, values] of Object.entries(start)) store.write(name, values)

const compiling = performance.now()
const program = compile({ updates, outputs: { loss } }, store)
const compiled = performance.now() - compiling

const before = performance.now()
const [, referenceLoss] = evaluate([...Object.values(updates), loss], { ...start, ...feeds(0) }, 'f32').slice(-2)
const reference = performance.now() - before
program.run(feeds(0))
if (program.scalar('loss') !== referenceLoss?.[0])
  throw new Error('the compiled loss has other bits than the reference')

for (let i = 1; i < 50; i++) program.run(feeds(i))
const times = Array.from({ length: rounds }, (_, i) => {
  const given = feeds(i + 50)
  const from = performance.now()
  program.run(given)
  return performance.now() - from
}).sort((a, b) => a - b)
const quantile = (q: number): number => times[Math.floor(q * (times.length - 1))] ?? Number.NaN
const median = quantile(0.5)
const flop = 2 * program.cost.macs

console.log(
  `784-400-400-10, batch ${batch}, Adam: ${(flop / 1e6).toFixed(0)} MFLOP a step, ${rounds} rounds, node ${process.version}`,
)
console.log(
  `compiled   ${median.toFixed(2)} ms  [p10 ${quantile(0.1).toFixed(2)}, p90 ${quantile(0.9).toFixed(2)}]  ${(flop / median / 1e6).toFixed(1)} GFLOP/s`,
)
console.log(
  `reference  ${reference.toFixed(0)} ms  (one step, same bits of the loss)  ratio ${(reference / median).toFixed(0)}`,
)
console.log(`building and compiling the step: ${compiled.toFixed(1)} ms cold, module of ${program.moduleBytes} bytes`)
