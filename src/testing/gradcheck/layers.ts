/** Every layer, in training and evaluation where they differ. */
import { embed, embedding } from '../../nn/embedding.js'
import { activation } from '../../nn/activation.js'
import { creluLayer } from '../../nn/activations/crelu.js'
import { kWinnersLayer } from '../../nn/activations/kWinners.js'
import { preluLayer } from '../../nn/activations/prelu.js'
import { swishLayer } from '../../nn/activations/swish.js'
import { attend, attentionWeights } from '../../nn/attend.js'
import { attention } from '../../nn/attention.js'
import { batchNormalisation } from '../../nn/batchNorm.js'
import { contextGate } from '../../nn/contextGate.js'
import { contextMask } from '../../nn/contextMask.js'
import { conv2d } from '../../nn/conv2d.js'
import { dense } from '../../nn/dense.js'
import { drop, dropout } from '../../nn/dropout.js'
import { elman } from '../../nn/elman.js'
import { gru } from '../../nn/gru.js'
import { heads } from '../../nn/heads.js'
import { layerNorm, layerNormalisation } from '../../nn/layerNorm.js'
import { softmax } from '../../nn/loss.js'
import { maxPool, meanPool } from '../../nn/pool.js'
import { recurrent } from '../../nn/recurrent.js'
import { unroll } from '../../nn/unroll.js'
import { key } from '../../random/key.js'
import { type Checked, differentiated } from './differentiated.js'
import type { Item } from './item.js'
import { type LayerCase, layerCall } from './layerCall.js'

const initialiser = 'glorot'
const images = [5, 4, 2]
const sequences = [3, 2]
const both = (c: LayerCase): readonly LayerCase[] => [c, { ...c, name: `${c.name}, training`, training: true }]

const layers: Readonly<Record<string, readonly LayerCase[]>> = {
  dense: [
    { name: 'rows', shape: [5], layer: dense({ units: 4, initialiser }) },
    { name: 'images', shape: [2, 3, 2], layer: dense({ units: 3, initialiser }) },
  ],
  conv2d: [
    { name: 'padded', shape: images, layer: conv2d({ filters: 3, kernel: 3, pad: 1, initialiser }) },
    { name: 'stride 2', shape: images, layer: conv2d({ filters: 2, kernel: 2, stride: 2, initialiser }) },
  ],
  maxPool: [{ name: 'windows of 2', shape: images, layer: maxPool(2) }],
  meanPool: [{ name: 'windows of 2', shape: images, layer: meanPool(2) }],
  activation: [{ name: 'tanh', shape: [5], layer: activation('tanh') }],
  swishLayer: [
    { name: 'per layer', shape: [5], layer: swishLayer() },
    { name: 'per unit', shape: [2, 2, 3], layer: swishLayer({ per: 'unit' }) },
  ],
  preluLayer: [
    { name: 'per layer', shape: [5], layer: preluLayer() },
    { name: 'per unit', shape: [2, 2, 3], layer: preluLayer({ per: 'unit' }) },
  ],
  creluLayer: [{ name: 'images', shape: [2, 2, 3], layer: creluLayer() }],
  kWinnersLayer: [{ name: '3 of 7', shape: [7], layer: kWinnersLayer({ k: 3 }) }],
  dropout: both({ name: 'rows', shape: [9], layer: dropout({ rate: 0.4 }) }),
  layerNormalisation: [
    { name: 'rows', shape: [6], layer: layerNormalisation() },
    { name: 'positions', shape: [2, 2, 3], layer: layerNormalisation() },
    { name: 'whole examples', shape: [2, 2, 3], layer: layerNormalisation({ over: 'all' }) },
  ],
  batchNormalisation: [
    ...both({ name: 'rows', shape: [5], layer: batchNormalisation({ statistics: 'continue' }) }),
    ...both({ name: 'images', shape: [2, 2, 3], layer: batchNormalisation({ statistics: 'first' }) }),
  ],
  embedding: [{ name: 'class numbers', shape: [3], layer: embedding({ count: 5, units: 2 }), classes: 5 }],
  recurrent: [
    {
      name: 'elman, all',
      shape: sequences,
      layer: recurrent({ cell: 'elman', units: 2, outputs: 'all', initialiser }),
    },
    {
      name: 'elman, truncated',
      shape: [5, 2],
      layer: recurrent({ cell: 'elman', units: 2, outputs: 'last', truncate: 2, initialiser }),
    },
    { name: 'gru, all', shape: sequences, layer: recurrent({ cell: 'gru', units: 2, outputs: 'all', initialiser }) },
    {
      name: 'gru, reset after',
      shape: sequences,
      layer: recurrent({ cell: 'gru', reset: 'after', units: 2, outputs: 'last', initialiser }),
    },
  ],
  attention: [
    { name: 'all positions', shape: [3, 2], layer: attention({ units: 2, initialiser }) },
    { name: 'causal', shape: [3, 2], layer: attention({ units: 2, outputs: 3, causal: true, initialiser }) },
  ],
  contextGate: [
    { name: 'half', shape: [6], layer: contextGate({ contexts: 3, silenced: 0.5, key: key(8) }), contexts: 3 },
  ],
  contextMask: [
    {
      name: 'two of four',
      shape: [4],
      layer: contextMask({
        classes: [
          [0, 1],
          [2, 3],
          [1, 3],
        ],
      }),
      contexts: 3,
      seen: (z) => softmax(z),
    },
  ],
  heads: [{ name: 'three', shape: [4], layer: heads({ contexts: 3, units: 2, initialiser }), contexts: 3 }],
}

const three = (name: string) => ({ name, shape: [2, 3, 2] })

/** Functions on expressions that layers are made of. */
const functions: Readonly<Record<string, readonly Checked[]>> = {
  layerNorm: [
    {
      name: 'rows',
      f: (x, gain, bias) => layerNorm(x, gain, bias),
      args: [
        { name: 'x', shape: [3, 6] },
        { name: 'gain', shape: [6] },
        { name: 'bias', shape: [6] },
      ],
    },
  ],
  drop: [
    {
      name: 'rows',
      f: (x, k) => drop(x, 0.4, k, 'drop'),
      args: [
        { name: 'x', shape: [3, 5] },
        { name: 'key', shape: [2], below: 2 ** 31 - 1 },
      ],
    },
  ],
  embed: [
    {
      name: 'rows that meet',
      f: (table, indices) => embed(table, indices),
      args: [
        { name: 'table', shape: [4, 3] },
        { name: 'indices', shape: [2, 3], values: [0, 2, 2, 1, 2, 0], below: 4 },
      ],
    },
  ],
  attend: [
    { name: 'all keys', f: (q, k, v) => attend(q, k, v), args: [three('query'), three('key'), three('value')] },
    {
      name: 'some keys, causal',
      f: (q, k, v, keys) => attend(q, k, v, { causal: true, keys }),
      args: [
        three('query'),
        three('key'),
        three('value'),
        { name: 'keys', shape: [2, 3], values: [1, 1, 0, 1, 0, 1], fixed: true },
      ],
    },
  ],
  attentionWeights: [{ name: 'all keys', f: (q, k) => attentionWeights(q, k), args: [three('query'), three('key')] }],
  unroll: (['elman', 'gru'] as const).map((kind) => {
    const cell = kind === 'elman' ? elman({ units: 2, initialiser }) : gru({ units: 2, initialiser })
    const tensors = cell.parameters(2)
    return {
      name: `${kind} from a state`,
      f: (x, start, ...xs) =>
        unroll(cell, (name) => xs[tensors.findIndex((p) => p.name === name)] ?? x, x, { start }).states,
      args: [
        { name: 'x', shape: [3, 2, 2] },
        { name: 'start', shape: [2, 2] },
        ...tensors.map(({ name, shape }) => ({ name, shape, low: -1, high: 1 })),
      ],
    }
  }),
}

/** All layers, and the functions that they are made of. */
export const layerItems: readonly Item[] = [
  ...Object.entries(layers).map(([name, cases]) => [name, cases.map(layerCall)] as const),
  ...Object.entries(functions),
].map(([name, cases]) => ({ name, kind: 'layer', instances: cases.map(differentiated) }))
