// Networks that a benchmark has trained give the same scores in onnxruntime-web, on the rows that they are tested with.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate } from '../../src/graph/evaluate.ts'
import { input } from '../../src/graph/ops.ts'
import { plan } from '../../src/shell/plan.ts'
import { prepare, readBenchmark } from '../../src/shell/prepare.ts'
import { buildStream } from '../../src/stream/build.ts'
import { scoresOf } from '../../src/train/evaluate.ts'
import { leavesOf } from '../../src/train/handed.ts'
import { methodOf } from '../../src/train/methodOf.ts'
import { run } from '../../src/train/run.ts'
import { trainedOf } from '../../src/train/trained.ts'
import { boundsOf, worst } from './bounds.mjs'
import { functionsOfOrt, runOnnx } from './ort.mjs'

const right = (either) => {
  assert.equal(either._tag, 'Right', JSON.stringify(either.left))
  return either.right
}

const change = (raw) => ({ _tag: 'Right', right: { ...raw, training: { ...raw.training, iterations: 40 } } })
const recurrent = (raw) => right(change({ ...raw, model: { kind: 'recurrent', cell: 'gru', units: 12 } }))

for (const [title, benchmark, label, changed] of [
  ['perceptron', 'split-digits-class', 'naive', change],
  ['slow copy of complementary learning systems', 'split-digits-class', 'cls', change],
  ['convolutional network', 'split-digits-cnn', 'naive', change],
  ['recurrent network', 'split-digits-class', 'naive', (raw) => ({ _tag: 'Right', right: recurrent(raw) })],
])
  test(`a trained ${title} gives the same scores`, async (t) => {
    const prepared = right(await prepare(right(await readBenchmark(benchmark, '.', changed)()), '.')())
    const [{ configuration }] = plan(
      { ...prepared.benchmark, methods: prepared.benchmark.methods.filter((m) => m.label === label) },
      prepared.scenario,
      prepared.dataset,
      '',
    )
    const stream = right(buildStream(prepared.scenario, prepared.dataset, configuration.seed))
    const { model, optimiser, training, method, seed } = configuration
    const made = methodOf(method.strategies, prepared.plugins)
    let learner
    run(
      { model, optimiser, training, measure: [], seed, stream, ...made },
      () => undefined,
      undefined,
      (l) => (learner = l),
    )
    const { world, place } = learner
    const trained = trainedOf(learner)
    const { bytes, rows } = right(trained.model({}))
    assert.equal(rows, 'any')

    const test = stream.contexts[1].test()
    const n = 50
    const x = Float32Array.from(test.pixels.subarray(0, n * world.inputs), (pixel) => Math.fround(pixel / world.scale))
    const name = trained.predictor === undefined ? 'logits' : 'scores'
    const { [name]: theirs } = await runOnnx(bytes, { x: { dtype: 'f32', shape: [n, world.inputs], values: x } })
    const scores = scoresOf(world, place, { x: input('x', [n, world.inputs]), context: input('context', [n], 'i32') })
    const blocks = leavesOf([scores]).filter(({ op }) => op.name === 'block')
    const env = { x, ...Object.fromEntries(blocks.map(({ attrs }) => [attrs.name, world.store.read(attrs.name)])) }
    const [bound] = boundsOf([scores], env, functionsOfOrt)
    const found = worst(theirs.values, bound)
    assert.ok(found.part <= 1, JSON.stringify(found))
    const best = (values, i) => {
      const own = [...values.subarray(i * world.outputs, (i + 1) * world.outputs)]
      return own.indexOf(Math.max(...own))
    }
    const [ours] = evaluate([scores], env, 'f32')
    for (let i = 0; i < n; i++) assert.equal(best(theirs.values, i), best(ours, i))
    const apart = Math.max(...ours.map((v, i) => Math.abs(v - theirs.values[i])))
    t.diagnostic(
      `${title}: at most ${found.part.toPrecision(2)} of the tolerance, ${apart.toPrecision(2)} from our f32`,
    )
  })
