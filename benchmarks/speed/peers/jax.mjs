// @jax-js/jax, its wasm device, one jitted function a step: node --import tsx peers/jax.mjs
import { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from '@jax-js/jax'
import { serve } from '../lib/serve.ts'
import { parametersOf, versionOf } from './setup.mjs'

await init('wasm')
defaultDevice('wasm')
const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]

// Every use of an array but its last is `.ref`: functions own their arguments.
const perceptron = (parts, x) => {
  let h = x
  for (let i = 0; i < parts.length; i += 2) {
    h = np.dot(h, parts[i]).add(parts[i + 1])
    if (i + 2 < parts.length) h = nn.relu(h)
  }
  return h
}
const convolutional = ([w1, b1, w2, b2, w3, b3], x) => {
  // images are [n, channels, height, width], kernels [out, in, height, width]
  const layer = (h, w, b, channels) =>
    lax.reduceWindow(
      nn.relu(lax.conv(h, w, [1, 1], 'SAME').add(b.reshape([1, channels, 1, 1]))),
      np.max,
      [1, 1, 2, 2],
      [1, 1, 2, 2],
    )
  const h = layer(layer(x, w1, b1, 16), w2, b2, 32)
  return np.dot(np.transpose(h, [0, 2, 3, 1]).reshape([-1, 1568]), w3).add(b3)
}
const lossWith = (logits) => (parts, x, y) => nn.logSoftmax(logits(parts, x), 1).mul(y).sum(1).mean().neg()

const sgd = (rate, gradient) =>
  jit(({ parts, x, y }) => {
    const [loss, g] = gradient(
      parts.map((p) => p.ref),
      x,
      y,
    )
    return { parts: parts.map((p, i) => p.sub(g[i].mul(rate))), loss }
  })
const adam = (rate, gradient) =>
  jit(({ parts, m, v, power1, power2, x, y }) => {
    const [loss, g] = gradient(
      parts.map((p) => p.ref),
      x,
      y,
    )
    const m2 = m.map((a, i) => a.mul(beta1).add(g[i].ref.mul(1 - beta1)))
    const v2 = v.map((a, i) => a.mul(beta2).add(np.square(g[i]).mul(1 - beta2)))
    const [next1, next2] = [power1.mul(beta1), power2.mul(beta2)]
    const size = np.reciprocal(next1.ref.neg().add(1)).mul(rate)
    const correction = np.reciprocal(np.sqrt(next2.ref.neg().add(1)))
    const updated = parts.map((p, i) =>
      p.sub(m2[i].ref.div(np.sqrt(v2[i].ref).mul(correction.ref).add(epsilon)).mul(size.ref)),
    )
    size.dispose()
    correction.dispose()
    return { parts: updated, m: m2, v: v2, power1: next1, power2: next2, loss }
  })

await serve(versionOf('@jax-js/jax'), (setup) => {
  const cnn = setup.sizes === null
  const values = parametersOf(setup)
  const parts = setup.layout.map(({ name, shape }) => {
    const part = np.array(values.get(name)).reshape([...shape])
    return shape.length === 4 ? np.transpose(part, [3, 2, 0, 1]) : part
  })
  const gradient = valueAndGrad(lossWith(cnn ? convolutional : perceptron))
  const adaptive = setup.optimiser === 'adam'
  const zeros = () => setup.layout.map(({ shape }) => np.zeros([...shape]))
  const step = (adaptive ? adam : sgd)(setup.rate, gradient)
  let state = adaptive ? { parts, m: zeros(), v: zeros(), power1: np.array(1), power2: np.array(1) } : { parts }
  let loss
  return {
    differs: '',
    ready: ({ x, labels }) => ({
      x: np.array(x).reshape(cnn ? [setup.batch, 1, 28, 28] : [setup.batch, setup.inputs]),
      y: np
        .array(Float32Array.from({ length: 10 * setup.batch }, (_, i) => Number(labels[Math.floor(i / 10)] === i % 10)))
        .reshape([setup.batch, 10]),
    }),
    step: (input) => {
      loss?.dispose()
      const { loss: next, ...rest } = step({ ...state, ...input })
      state = rest
      loss = next
    },
    settle: () => blockUntilReady(state),
    loss: () => loss.ref.dataSync()[0],
  }
})
