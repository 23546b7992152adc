/** Every model: the gradients of its outputs and of its loss in its parameters, and probes of it. */
import { gradients } from '../../graph/grad.js'
import { mean } from '../../graph/ops.js'
import { autoencoder } from '../../nn/autoencoder.js'
import { multiHead, singleHead } from '../../nn/classifier.js'
import { cnn } from '../../nn/cnn.js'
import { dense } from '../../nn/dense.js'
import { activation } from '../../nn/activation.js'
import { crossEntropy } from '../../nn/loss.js'
import { mlp } from '../../nn/mlp.js'
import type { Network } from '../../nn/network.js'
import { activationStatistics, gradientNorms } from '../../nn/probe.js'
import { recurrentClassifier } from '../../nn/recurrentClassifier.js'
import { stack } from '../../nn/stack.js'
import { vae } from '../../nn/vae.js'
import { key } from '../../random/key.js'
import type { ArgumentSpec } from '../argument.js'
import { type Checked, differentiated } from './differentiated.js'
import type { Item } from './item.js'

const initialiser = 'glorot'
const n = 3

const params = (network: Network): ArgumentSpec => ({
  name: 'params',
  shape: [network.layout.size],
  // biases that start at 0 would sit on the kinks of rectifiers
  values: network.initialise(key(1)).map((v, i) => v + ((i % 7) - 3) / 64),
})
const rows = (network: Network): ArgumentSpec => ({ name: 'x', shape: [n, network.inputs], low: 0, high: 1 })
const drawKey: ArgumentSpec = { name: 'key', shape: [2], below: 2 ** 31 - 1 }
const labels = (network: Network): ArgumentSpec => ({ name: 'labels', shape: [n], below: network.outputs })

const stateOf = ({ state }: Network): ArgumentSpec => ({
  name: 'state',
  shape: [state?.layout.size ?? 1],
  values: state?.initial ?? [0],
  fixed: true,
})

/** Scores and mean cross-entropy of a classifier. */
const classifying = (name: string, network: Network, contexts?: number): Checked => ({
  name,
  f: (p, x, y, context) => {
    const { logits } = network.apply(p, x, { context })
    return { logits, loss: mean(crossEntropy(logits, y)) }
  },
  args: [
    params(network),
    rows(network),
    labels(network),
    ...(contexts === undefined ? [] : [{ name: 'context', shape: [n], below: contexts }]),
  ],
})

/** The mean cross-entropy of a training pass. */
const trained = (name: string, network: Network): Checked => ({
  name,
  f: (p, x, y, k) => mean(crossEntropy(network.apply(p, x, { training: { key: k } }).logits, y)),
  args: [params(network), rows(network), labels(network), drawKey],
})

const perceptron = mlp({ inputs: 4, hidden: [5, 4], outputs: 3, initialiser, activation: 'geluTanh' })
const normalised = mlp({
  inputs: 4,
  hidden: [5],
  outputs: 3,
  initialiser,
  dropout: 0.25,
  activation: 'tanh',
  normalisation: { kind: 'batch', statistics: 'continue' },
})
const images = cnn({ height: 6, width: 6, channels: 1, filters: [2, 3], kernel: 3, outputs: 3, initialiser })
const shared = { shape: [4], layers: [dense({ units: 4, initialiser }), activation('tanh')], initialiser } as const
const plain = autoencoder({ inputs: 5, hidden: [4], code: 2, output: 'sigmoid', initialiser })
const linear = autoencoder({ inputs: 5, hidden: [], code: 2, output: 'identity', initialiser })
const variational = vae({ inputs: 5, hidden: [4], latents: 2, initialiser, activation: 'tanh' })
const gated = vae({
  inputs: 5,
  hidden: [4],
  latents: 2,
  initialiser,
  gates: { classes: 3, silenced: 0.5, key: key(3) },
})
const sequences = { steps: 3, inputs: 2, outputs: 2, initialiser } as const

const models: Readonly<Record<string, readonly Checked[]>> = {
  mlp: [
    classifying('rectifiers', mlp({ inputs: 4, hidden: [5, 4], outputs: 3, initialiser })),
    classifying('GELU', perceptron),
    trained('dropout and batch statistics', normalised),
    classifying('batch statistics, evaluated', normalised),
  ],
  cnn: [classifying('images', images)],
  stack: [classifying('one layer', stack([2, 2], [dense({ units: 3, initialiser })]))],
  singleHead: [classifying('rows', singleHead({ ...shared, outputs: 4 }))],
  multiHead: [classifying('three contexts', multiHead({ ...shared, contexts: 3, outputs: 2 }), 3)],
  recurrentClassifier: [
    classifying('elman', recurrentClassifier({ ...sequences, cell: 'elman', units: 2 })),
    classifying('gru', recurrentClassifier({ ...sequences, cell: 'gru', units: 2 })),
    classifying('gru, truncated', recurrentClassifier({ ...sequences, cell: 'gru', units: 2, truncate: 2 })),
  ],
  autoencoder: [plain, linear].map((network) => ({
    name: network === plain ? 'cross-entropy' : 'squared error',
    f: (p, x) => ({
      loss: mean(network.losses(network.apply(p, x), x)),
      decoded: network.decode(p, network.encode(p, x)),
    }),
    args: [params(network), rows(network)],
  })),
  vae: [
    {
      name: 'a draw of the posterior',
      f: (p, x, k) => {
        const losses = variational.losses(variational.apply(p, x, { training: { key: k } }), x)
        return { total: mean(losses.total), divergence: losses.divergence }
      },
      args: [params(variational), rows(variational), drawKey],
    },
    {
      name: 'draws of the prior, gated',
      f: (p, k, context, state) => gated.sample(p, k, n, { context, state }),
      args: [params(gated), drawKey, { name: 'context', shape: [n], below: 3 }, stateOf(gated)],
    },
  ],
  activationStatistics: [
    {
      name: 'of a perceptron',
      f: (p, x) => {
        const [statistics] = activationStatistics(perceptron.apply(p, x))
        if (statistics === undefined) throw new Error('a perceptron with hidden layers has activations')
        return { mean: statistics.mean, deviation: statistics.deviation, sparsity: statistics.sparsity }
      },
      args: [params(perceptron), rows(perceptron)],
    },
  ],
  gradientNorms: [
    {
      name: 'of a perceptron',
      f: (p, x, y) => {
        const loss = mean(crossEntropy(perceptron.apply(p, x).logits, y))
        return gradientNorms(perceptron.layout, gradients(loss, [p])[0] ?? p).map(({ norm }) => norm)
      },
      args: [params(perceptron), rows(perceptron), labels(perceptron)],
    },
  ],
}

/** All models, and probes. */
export const modelItems: readonly Item[] = Object.entries(models).map(([name, cases]) => ({
  name,
  kind: 'model',
  instances: cases.map(differentiated),
}))
