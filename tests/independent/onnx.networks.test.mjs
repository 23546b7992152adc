// Exported networks give the same outputs in onnxruntime-web.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { block, input } from '../../src/graph/ops.ts'
import { networkToOnnx } from '../../src/interchange/onnx/network.ts'
import { activation, activations } from '../../src/nn/activation.ts'
import { attention } from '../../src/nn/attention.ts'
import { autoencoder } from '../../src/nn/autoencoder.ts'
import { batchNormalisation } from '../../src/nn/batchNorm.ts'
import { multiHead } from '../../src/nn/classifier.ts'
import { cnn } from '../../src/nn/cnn.ts'
import { contextGate } from '../../src/nn/contextGate.ts'
import { conv2d } from '../../src/nn/conv2d.ts'
import { dense } from '../../src/nn/dense.ts'
import { dropout } from '../../src/nn/dropout.ts'
import { embedding } from '../../src/nn/embedding.ts'
import { layerNormalisation } from '../../src/nn/layerNorm.ts'
import { mlp } from '../../src/nn/mlp.ts'
import { maxPool, meanPool } from '../../src/nn/pool.ts'
import { recurrentClassifier } from '../../src/nn/recurrentClassifier.ts'
import { recurrent } from '../../src/nn/recurrent.ts'
import { stack } from '../../src/nn/stack.ts'
import { vae } from '../../src/nn/vae.ts'
import { integers, uniforms } from '../../src/random/draw.ts'
import { key, named } from '../../src/random/key.ts'
import { boundsOf, worst } from './bounds.mjs'
import { functionsOfOrt, runOnnx } from './ort.mjs'

const initialiser = 'pytorch'
const head = dense({ units: 3, initialiser })

/** Networks by name; `contexts`: how many there are, where a pass needs them. */
const networks = {
  mlp: { network: mlp({ inputs: 20, hidden: [16, 12], outputs: 5, initialiser }) },
  'linear classifier': { network: mlp({ inputs: 6, hidden: [], outputs: 2, initialiser }) },
  cnn: { network: cnn({ height: 9, width: 8, channels: 2, filters: [4, 5], kernel: 3, outputs: 6, initialiser }) },
  'strided convolution, mean pooling, normalised': {
    network: stack(
      [9, 8, 2],
      [
        conv2d({ filters: 4, kernel: 3, stride: 2, pad: 1, initialiser }),
        batchNormalisation({ statistics: 'continue' }),
        activation('relu'),
        meanPool(2),
        head,
      ],
    ),
  },
  'dropout, layer normalisation, maximum pooling': {
    network: stack(
      [6, 6, 1],
      [maxPool(2), dense({ units: 8, initialiser }), layerNormalisation({}), dropout({ rate: 0.5 }), head],
    ),
  },
  'Elman classifier': {
    network: recurrentClassifier({ cell: 'elman', steps: 7, inputs: 4, units: 6, outputs: 3, initialiser }),
  },
  'GRU classifier, reset before': {
    network: recurrentClassifier({ cell: 'gru', steps: 7, inputs: 4, units: 6, outputs: 3, initialiser }),
  },
  'GRU classifier, reset after, truncated': {
    network: recurrentClassifier({
      cell: 'gru',
      reset: 'after',
      truncate: 3,
      steps: 7,
      inputs: 4,
      units: 6,
      outputs: 3,
      initialiser,
    }),
  },
  'GRU over GRU': {
    network: stack(
      [5, 4],
      [
        recurrent({ cell: 'gru', units: 6, outputs: 'all', initialiser }),
        recurrent({ cell: 'gru', units: 3, outputs: 'last', initialiser }),
        head,
      ],
    ),
  },
  attention: { network: stack([5, 4], [attention({ units: 6, outputs: 4, initialiser }), head]) },
  'causal attention': { network: stack([5, 4], [attention({ units: 6, causal: true, initialiser }), head]) },
  embedding: { network: stack([6], [embedding({ count: 5, units: 4 }), head]), classes: 5 },
  autoencoder: { network: autoencoder({ inputs: 12, hidden: [8], code: 3, output: 'sigmoid', initialiser }) },
  'variational autoencoder': { network: vae({ inputs: 12, hidden: [8], latents: 3, initialiser }) },
  'heads per context': {
    network: multiHead({
      shape: [10],
      layers: [dense({ units: 8, initialiser }), activation('relu')],
      contexts: 3,
      outputs: 2,
      initialiser,
    }),
    contexts: 3,
  },
  'gates per context': {
    network: stack(
      [10],
      [
        dense({ units: 8, initialiser }),
        activation('relu'),
        contextGate({ contexts: 3, silenced: 0.5, key: key(1) }),
        head,
      ],
    ),
    contexts: 3,
  },
  ...Object.fromEntries(
    Object.keys(activations).map((name) => [
      `activation ${name}`,
      { network: stack([10], [dense({ units: 9, initialiser }), activation(name), head]) },
    ]),
  ),
}

for (const [name, { network, contexts, classes }] of Object.entries(networks))
  test(`${name} gives the same outputs`, async (t) => {
    const params = network.initialise(key(3))
    // running statistics that are not those of the start; tables of gates stay what they are
    const state = network.state?.initial.map((v, i) => (contexts === undefined ? v + i / 64 : v))
    const made = networkToOnnx({
      network,
      params,
      context: contexts !== undefined,
      ...(state === undefined ? {} : { state }),
    })
    assert.equal(made._tag, 'Right', JSON.stringify(made.left))
    assert.equal(made.right.rows, 'any')
    let most = 0
    for (const n of [1, 6]) {
      const draws = uniforms(named(key(5), name), n * network.inputs)
      const x =
        classes === undefined
          ? Float32Array.from(draws, (u) => 2 * u - 1)
          : Float32Array.from(draws, (u) => Math.floor(u * (classes + 1)))
      const context = contexts === undefined ? {} : { context: [...integers(key(n), n, contexts)] }
      const inputs = { x: { dtype: 'f32', shape: [n, network.inputs], values: x } }
      const told = contexts === undefined ? {} : { context: { dtype: 'i32', shape: [n], values: context.context } }
      const { logits } = await runOnnx(made.right.bytes, { ...inputs, ...told })
      assert.deepEqual(logits.shape, [n, network.outputs])
      const mode = {
        ...(network.state === undefined ? {} : { state: block('state', [network.state.layout.size]) }),
        ...(contexts === undefined ? {} : { context: input('context', [n], 'i32') }),
      }
      const ours = network.apply(block('params', [network.layout.size]), input('x', [n, network.inputs]), mode).logits
      const [bound] = boundsOf(
        [ours],
        { params, x, ...context, ...(state === undefined ? {} : { state }) },
        functionsOfOrt,
      )
      const found = worst(logits.values, bound)
      assert.ok(found.part <= 1, `${name}, ${n} rows: ${JSON.stringify(found)}`)
      most = Math.max(most, found.part)
    }
    t.diagnostic(`${name}: at most ${most.toPrecision(2)} of the tolerance`)
  })
