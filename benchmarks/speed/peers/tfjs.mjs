// @tensorflow/tfjs, backend `cpu` or `wasm` (one thread, SIMD): node --import tsx peers/tfjs.mjs cpu|wasm
import { fileURLToPath } from 'node:url'
import * as tf from '@tensorflow/tfjs'
import { serve } from '../lib/serve.ts'
import { parametersOf, versionOf } from './setup.mjs'

const backend = process.argv[2]
if (backend === 'wasm') {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  wasm.setThreadsCount(1)
  wasm.setWasmPaths(fileURLToPath(new URL('node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)))
}
await tf.setBackend(backend)
await tf.ready()

const logitsOf = {
  perceptron: (parts) => (x) => {
    let h = x
    for (let i = 0; i < parts.length; i += 2) {
      h = tf.add(tf.matMul(h, parts[i]), parts[i + 1])
      if (i + 2 < parts.length) h = tf.relu(h)
    }
    return h
  },
  convolutional:
    ([w1, b1, w2, b2, w3, b3]) =>
    (x) => {
      const layer = (h, w, b) => tf.maxPool(tf.relu(tf.add(tf.conv2d(h, w, 1, 'same'), b)), 2, 2, 'valid')
      const h = layer(layer(x, w1, b1), w2, b2)
      return tf.add(tf.matMul(tf.reshape(h, [x.shape[0], -1]), w3), b3)
    },
}

await serve(versionOf('@tensorflow/tfjs'), (setup) => {
  const cnn = setup.sizes === null
  if (cnn && backend === 'wasm') return 'its wasm backend has no derivative of a convolution'
  const values = parametersOf(setup)
  const parts = setup.layout.map(({ name, shape }) => tf.variable(tf.tensor(values.get(name), shape)))
  const logits = (cnn ? logitsOf.convolutional : logitsOf.perceptron)(parts)
  const optimiser = setup.optimiser === 'adam' ? tf.train.adam(setup.rate, 0.9, 0.999, 1e-8) : tf.train.sgd(setup.rate)
  const shape = cnn ? [setup.batch, 28, 28, 1] : [setup.batch, setup.inputs]
  let last
  return {
    differs: '',
    ready: ({ x, labels }) => ({
      x: tf.tensor(x, shape),
      y: tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), 10), 'float32'),
    }),
    step: ({ x, y }) => {
      last?.dispose()
      last = tf.tidy(() => optimiser.minimize(() => tf.losses.softmaxCrossEntropy(y, logits(x)), true, parts))
      x.dispose()
      y.dispose()
    },
    settle: () => undefined,
    loss: () => last.dataSync()[0],
  }
})
