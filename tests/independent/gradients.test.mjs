// The same functions, networks and inputs in TensorFlow.js: values and gradients agree.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as tf from '@tensorflow/tfjs'
import { gradients } from '../../src/graph/grad.ts'
import * as ops from '../../src/graph/ops.ts'
import { sizeOf } from '../../src/graph/shape.ts'
import { elu } from '../../src/nn/activations/elu.ts'
import { gelu, geluTanh } from '../../src/nn/activations/gelu.ts'
import { leakyRelu } from '../../src/nn/activations/leakyRelu.ts'
import { prelu } from '../../src/nn/activations/prelu.ts'
import { swish } from '../../src/nn/activations/swish.ts'
import { attend } from '../../src/nn/attend.ts'
import { batchNormalisation } from '../../src/nn/batchNorm.ts'
import { cnn } from '../../src/nn/cnn.ts'
import { embed } from '../../src/nn/embedding.ts'
import { layerNorm } from '../../src/nn/layerNorm.ts'
import { crossEntropy, softmax } from '../../src/nn/loss.ts'
import { binaryCrossEntropy } from '../../src/nn/losses/binaryCrossEntropy.ts'
import { distillation } from '../../src/nn/losses/distillation.ts'
import { gaussianDivergence } from '../../src/nn/losses/gaussianDivergence.ts'
import { labelSmoothing } from '../../src/nn/losses/labelSmoothing.ts'
import { meanSquaredError } from '../../src/nn/losses/meanSquaredError.ts'
import { mlp } from '../../src/nn/mlp.ts'
import { recurrentClassifier } from '../../src/nn/recurrentClassifier.ts'
import { vae } from '../../src/nn/vae.ts'
import { integers } from '../../src/random/draw.ts'
import { key, named } from '../../src/random/key.ts'
import { boundsOf, worst } from './bounds.mjs'

await tf.setBackend('cpu')

const initialiser = 'pytorch'

/** A case: inputs by name (a shape, or what to draw), and the same scalar of them twice. Gradients are taken in all that is neither whole nor fixed. */
const cases = {}
const whole = (shape, below) => ({ shape, below })
const positive = (shape) => ({ shape, low: 0.25 })
const fixed = (given) => ({ ...given, isFixed: true })

/** Σ of the value times a fixed tensor of its shape, so that every entry counts differently. */
const weigh = (shape) => Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7) % 11) / 8 - 0.5)
const ourSum = (value) => ops.sum(ops.mul(value, ops.input('weigh', value.shape)))
const theirSum = (value) => tf.sum(tf.mul(value, tf.tensor(weigh(value.shape), value.shape)))
const apart = (name, inputs, ours, theirs) => {
  cases[name] = { inputs, ours: (i) => ({ value: ours(i), total: ourSum }), theirs: (i) => theirSum(theirs(i)) }
}

const unary = { x: [4, 9] }
const activations = {
  relu: [ops.relu, tf.relu],
  sigmoid: [ops.sigmoid, tf.sigmoid],
  tanh: [ops.tanh, tf.tanh],
  exp: [ops.exp, tf.exp],
  sin: [ops.sin, tf.sin],
  cos: [ops.cos, tf.cos],
  erf: [ops.erf, tf.erf],
  elu: [(x) => elu(x), tf.elu],
  leakyRelu: [(x) => leakyRelu(x, 0.25), (x) => tf.leakyRelu(x, 0.25)],
  silu: [(x) => swish(x), (x) => tf.mul(x, tf.sigmoid(x))],
  softmax: [(x) => softmax(x), (x) => tf.softmax(x)],
  logSoftmax: [(x) => ops.log(softmax(x)), (x) => tf.logSoftmax(x)],
  gelu: [gelu, (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2))))],
  geluTanh: [
    geluTanh,
    (x) => {
      const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))))
      return tf.mul(tf.mul(x, 0.5), tf.add(1, tf.tanh(inner)))
    },
  ],
}
for (const [name, [ours, theirs]] of Object.entries(activations))
  apart(
    name,
    unary,
    ({ x }) => ours(x),
    ({ x }) => theirs(x),
  )
apart(
  'log',
  { x: positive([4, 9]) },
  ({ x }) => ops.log(x),
  ({ x }) => tf.log(x),
)
apart(
  'sqrt',
  { x: positive([4, 9]) },
  ({ x }) => ops.sqrt(x),
  ({ x }) => tf.sqrt(x),
)
apart(
  'prelu',
  { x: [4, 9], slope: [9] },
  ({ x, slope }) => prelu(x, slope),
  ({ x, slope }) => tf.prelu(x, slope),
)
apart(
  'swish',
  { x: [4, 9], beta: [9] },
  ({ x, beta }) => swish(x, beta),
  ({ x, beta }) => tf.mul(x, tf.sigmoid(tf.mul(x, beta))),
)

const oneHot = (labels, classes) => tf.cast(tf.oneHot(labels, classes), 'float32')
apart(
  'softmax cross-entropy of labels',
  { logits: [5, 4], labels: whole([5], 4) },
  ({ logits, labels }) => crossEntropy(logits, labels),
  ({ logits, labels }) => tf.losses.softmaxCrossEntropy(oneHot(labels, 4), logits, undefined, 0, tf.Reduction.NONE),
)
apart(
  'label smoothing',
  { logits: [5, 4], labels: whole([5], 4) },
  ({ logits, labels }) => crossEntropy(logits, labelSmoothing(labels, { classes: 4, amount: 0.125 })),
  ({ logits, labels }) => tf.losses.softmaxCrossEntropy(oneHot(labels, 4), logits, undefined, 0.125, tf.Reduction.NONE),
)
apart(
  'binary cross-entropy',
  { logits: [5, 4], target: fixed(positive([5, 4])) },
  ({ logits, target }) => binaryCrossEntropy(logits, target, 'sum'),
  ({ logits, target }) => tf.sum(tf.losses.sigmoidCrossEntropy(target, logits, undefined, 0, tf.Reduction.NONE), 1),
)
apart(
  'mean squared error',
  { prediction: [5, 4], target: [5, 4] },
  ({ prediction, target }) => meanSquaredError(prediction, target, 'mean'),
  ({ prediction, target }) => tf.mean(tf.squaredDifference(prediction, target), 1),
)
apart(
  'distillation',
  { student: [5, 4], teacher: fixed({ shape: [5, 4] }) },
  ({ student, teacher }) => distillation(student, teacher, { temperature: 2, timesSquare: true }),
  ({ student, teacher }) =>
    tf.mul(-4, tf.sum(tf.mul(tf.softmax(tf.div(teacher, 2)), tf.logSoftmax(tf.div(student, 2))), 1)),
)
apart(
  'divergence of Gaussians',
  { mean: [5, 4], logVariance: [5, 4] },
  ({ mean, logVariance }) => gaussianDivergence({ mean, logVariance }),
  ({ mean, logVariance }) =>
    tf.mul(0.5, tf.sum(tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), logVariance), 1), 1)),
)

apart(
  'layer normalisation',
  { x: [5, 6], gain: [6], bias: [6] },
  ({ x, gain, bias }) => layerNorm(x, gain, bias, 2 ** -10),
  ({ x, gain, bias }) => {
    const { mean, variance } = tf.moments(x, 1, true)
    return tf.add(tf.mul(tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 2 ** -10))), gain), bias)
  },
)
apart(
  'batch normalisation of images',
  { x: [3, 4, 3, 2], gain: [2], bias: [2] },
  ({ x, gain, bias }) =>
    batchNormalisation({ epsilon: 2 ** -10, statistics: 'continue' })(x.shape.slice(1)).apply(x, {
      own: (name) => ({ gain, bias })[name],
      kept: () => ops.zeros([2]),
      training: { key: ops.input('draws', [2], 'i32'), label: '' },
    }).value,
  ({ x, gain, bias }) => {
    const { mean, variance } = tf.moments(x, [0, 1, 2])
    return tf.batchNorm(x, mean, variance, bias, gain, 2 ** -10)
  },
)
for (const [stride, pad, kernel] of [
  [1, 0, 3],
  [1, 1, 3],
  [2, 1, 3],
])
  apart(
    `convolution, stride ${stride}, pad ${pad}`,
    { x: [2, 7, 6, 2], weight: [kernel, kernel, 2, 3], bias: [3] },
    ({ x, weight, bias }) => ops.convolve(x, weight, { init: bias, stride, pad }),
    ({ x, weight, bias }) =>
      tf.add(
        tf.conv2d(
          tf.pad(x, [
            [0, 0],
            [pad, pad],
            [pad, pad],
            [0, 0],
          ]),
          weight,
          stride,
          'valid',
        ),
        bias,
      ),
  )
apart(
  'maximum pooling',
  { x: [2, 5, 7, 2] },
  ({ x }) => ops.poolMax(x, 2),
  ({ x }) => tf.maxPool(x, 2, 2, 'valid'),
)
apart(
  'mean pooling',
  { x: [2, 5, 7, 2] },
  ({ x }) => ops.poolMean(x, 2),
  ({ x }) => tf.avgPool(x, 2, 2, 'valid'),
)
apart(
  'embedding',
  { table: [5, 3], indices: whole([7], 5) },
  ({ table, indices }) => embed(table, indices),
  ({ table, indices }) => tf.gather(table, indices),
)
for (const causal of [false, true])
  apart(
    causal ? 'causal attention' : 'attention',
    { query: [2, 5, 4], key: [2, 5, 4], value: [2, 5, 3] },
    ({ query, key: k, value }) => attend(query, k, value, { causal }),
    ({ query, key: k, value }) => {
      const scores = tf.div(tf.matMul(query, k, false, true), 2)
      const hidden = tf.sub(1, tf.linalg.bandPart(tf.ones([5, 5]), -1, 0))
      return tf.matMul(tf.softmax(causal ? tf.sub(scores, tf.mul(1e9, hidden)) : scores), value)
    },
  )

// whole networks over one vector of parameters
const partsOf = ({ layout }, params) =>
  Object.fromEntries(
    layout.entries.map(({ name, shape, offset, size }) => [
      name,
      tf.reshape(tf.slice(params, [offset], [size]), shape),
    ]),
  )
const network = (name, net, theirs, classes = net.outputs) => {
  cases[name] = {
    inputs: { params: { shape: [net.layout.size], scale: 0.25 }, x: [4, net.inputs], labels: whole([4], classes) },
    ours: ({ params, x, labels }) => ({
      value: crossEntropy(net.apply(params, x).logits, labels),
      total: (v) => ops.mean(v),
    }),
    theirs: ({ params, x, labels }) =>
      tf.mean(
        tf.losses.softmaxCrossEntropy(
          oneHot(labels, classes),
          theirs(partsOf(net, params), x),
          undefined,
          0,
          tf.Reduction.NONE,
        ),
      ),
  }
}
const denseOf = (parts, i, x) => tf.add(tf.matMul(x, parts[`dense${i}/weight`]), parts[`dense${i}/bias`])
network('perceptron', mlp({ inputs: 12, hidden: [10, 8], outputs: 5, initialiser }), (parts, x) =>
  denseOf(parts, 2, tf.relu(denseOf(parts, 1, tf.relu(denseOf(parts, 0, x))))),
)
network(
  'convolutional network',
  cnn({ height: 8, width: 9, channels: 1, filters: [3, 4], kernel: 3, outputs: 5, initialiser }),
  (parts, x) => {
    const layer = (h, i) =>
      tf.relu(
        tf.maxPool(tf.add(tf.conv2d(h, parts[`conv${i}/weight`], 1, 'same'), parts[`conv${i}/bias`]), 2, 2, 'valid'),
      )
    return denseOf(parts, 0, tf.reshape(layer(layer(tf.reshape(x, [4, 8, 9, 1]), 0), 1), [4, -1]))
  },
)
const [steps, inputs, units] = [5, 3, 4]
const recurrent = (name, options, step) =>
  network(name, recurrentClassifier({ steps, inputs, units, outputs: 3, initialiser, ...options }), (parts, x) => {
    const sequence = tf.unstack(tf.reshape(x, [4, steps, inputs]), 1)
    return denseOf(
      parts,
      0,
      sequence.reduce((h, now) => step(parts, h, now), tf.zeros([4, units])),
    )
  })
recurrent('Elman network', { cell: 'elman' }, (p, h, x) =>
  tf.tanh(tf.add(tf.add(tf.matMul(x, p['elman0/weight']), p['elman0/bias']), tf.matMul(h, p['elman0/recurrent']))),
)
const blend = (u, candidate, h) => tf.add(tf.mul(tf.sub(1, u), candidate), tf.mul(u, h))
recurrent('GRU, reset before', { cell: 'gru', reset: 'before' }, (p, h, x) => {
  const [ir, iu, ic] = tf.split(tf.add(tf.matMul(x, p['gru0/weight']), p['gru0/bias']), 3, 1)
  const [wr, wu, wc] = tf.split(p['gru0/recurrent'], 3, 1)
  const [r, u] = [tf.sigmoid(tf.add(ir, tf.matMul(h, wr))), tf.sigmoid(tf.add(iu, tf.matMul(h, wu)))]
  return blend(u, tf.tanh(tf.add(ic, tf.matMul(tf.mul(r, h), wc))), h)
})
recurrent('GRU, reset after', { cell: 'gru', reset: 'after' }, (p, h, x) => {
  const [ir, iu, ic] = tf.split(tf.add(tf.matMul(x, p['gru0/weight']), p['gru0/bias']), 3, 1)
  const [hr, hu, hc] = tf.split(tf.add(tf.matMul(h, p['gru0/recurrent']), p['gru0/recurrentBias']), 3, 1)
  return blend(tf.sigmoid(tf.add(iu, hu)), tf.tanh(tf.add(ic, tf.mul(tf.sigmoid(tf.add(ir, hr)), hc))), h)
})
const auto = vae({ inputs: 6, hidden: [5], latents: 2, initialiser })
cases['variational autoencoder at the mean'] = {
  inputs: { params: { shape: [auto.layout.size], scale: 0.25 }, x: fixed(positive([4, 6])) },
  ours: ({ params, x }) => ({ value: auto.losses(auto.apply(params, x), x).total, total: (v) => ops.sum(v) }),
  theirs: ({ params, x }) => {
    const p = partsOf(auto, params)
    const layer = (part, i, h) => tf.add(tf.matMul(h, p[`${part}/dense${i}/weight`]), p[`${part}/dense${i}/bias`])
    const [mean, logVariance] = tf.split(layer('encoder', 1, tf.relu(layer('encoder', 0, x))), 2, 1)
    const logits = layer('decoder', 1, tf.relu(layer('decoder', 0, mean)))
    const divergence = tf.sum(tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), logVariance), 1))
    return tf.add(
      tf.sum(tf.losses.sigmoidCrossEntropy(x, logits, undefined, 0, tf.Reduction.NONE)),
      tf.mul(0.5, divergence),
    )
  },
}

/** Values on a grid that f32 holds, none of them at a kink. */
const drawn = (name, { shape, below, low = -2, scale = 1 }) => {
  const k = named(key(6), name)
  if (below !== undefined) return [...integers(k, sizeOf(shape), below)]
  return [...integers(k, sizeOf(shape), 2048)].map((n) => (low + n / 512 + 1 / 1024) * scale)
}

for (const [name, { inputs: wanted, ours, theirs }] of Object.entries(cases))
  test(`${name}: value and gradients are the same`, (t) => {
    const inputs = Object.entries(wanted).map(([own, given]) => {
      const spec = Array.isArray(given) ? { shape: given } : given
      return { own, ...spec, values: drawn(`${name}/${own}`, spec) }
    })
    const expressions = Object.fromEntries(
      inputs.map(({ own, shape, below }) => [own, ops.input(own, shape, below === undefined ? 'f32' : 'i32')]),
    )
    const real = inputs.filter(({ below, isFixed }) => below === undefined && isFixed !== true)
    const { value, total } = ours(expressions)
    const scalar = total(value)
    const outputs = [
      scalar,
      ...gradients(
        scalar,
        real.map(({ own }) => expressions[own]),
      ),
    ]
    const env = { ...Object.fromEntries(inputs.map(({ own, values }) => [own, values])), weigh: weigh(value.shape) }
    const bounds = boundsOf(outputs, env)

    const tensors = Object.fromEntries(
      inputs.map(({ own, shape, below, values }) => [
        own,
        tf.tensor(values, shape, below === undefined ? 'float32' : 'int32'),
      ]),
    )
    const run = (...variables) =>
      theirs({ ...tensors, ...Object.fromEntries(real.map(({ own }, i) => [own, variables[i]])) })
    const { value: theirValue, grads } = tf.valueAndGrads(run)(real.map(({ own }) => tensors[own]))
    let most = 0
    ;[theirValue, ...grads].forEach((tensor, i) => {
      const what = i === 0 ? 'value' : `gradient in ${real[i - 1].own}`
      assert.ok(bounds[i].tolerance.every(Number.isFinite), `${name}, ${what}: there is no bound`)
      const found = worst(tensor.dataSync(), bounds[i])
      assert.ok(found.part <= 1, `${name}, ${what}: ${JSON.stringify(found)}`)
      most = Math.max(most, found.part)
    })
    t.diagnostic(`${name}: at most ${most.toPrecision(2)} of the tolerance`)
  })
