/** Every kind of layer once or more, over small examples, with values for all that a pass reads: what the laws of layers run over. */
import type { Expr } from '../../src/graph/expr.js'
import { block, input, literal } from '../../src/graph/ops.js'
import { type Shape, sizeOf } from '../../src/graph/shape.js'
import { activation } from '../../src/nn/activation.js'
import { creluLayer } from '../../src/nn/activations/crelu.js'
import { kWinnersLayer } from '../../src/nn/activations/kWinners.js'
import { preluLayer } from '../../src/nn/activations/prelu.js'
import { swishLayer } from '../../src/nn/activations/swish.js'
import { attention } from '../../src/nn/attention.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import { contextGate } from '../../src/nn/contextGate.js'
import { contextMask } from '../../src/nn/contextMask.js'
import { conv2d } from '../../src/nn/conv2d.js'
import { dense } from '../../src/nn/dense.js'
import { dropout } from '../../src/nn/dropout.js'
import { embedding } from '../../src/nn/embedding.js'
import { heads } from '../../src/nn/heads.js'
import type { LayerOf } from '../../src/nn/layer.js'
import { layerNormalisation } from '../../src/nn/layerNorm.js'
import type { Network, Output } from '../../src/nn/network.js'
import { maxPool, meanPool } from '../../src/nn/pool.js'
import { recurrent } from '../../src/nn/recurrent.js'
import { stack } from '../../src/nn/stack.js'
import { uniforms } from '../../src/random/draw.js'
import { folded, key } from '../../src/random/key.js'

/** A layer, the shape of its examples, and whether they are class numbers. */
export interface LayerCase {
  readonly name: string
  readonly shape: Shape
  readonly layer: LayerOf
  readonly classes?: number
  /** Products it costs for an example; none when absent. */
  readonly macs?: number
}

const initialiser = 'glorot'

/** Contexts that rows may be of. */
export const contexts = 3

export const layerCases: readonly LayerCase[] = [
  { name: 'dense', shape: [5], layer: dense({ units: 4, initialiser }), macs: 5 * 4 },
  { name: 'dense over images', shape: [2, 3, 2], layer: dense({ units: 3, initialiser }), macs: 12 * 3 },
  {
    name: 'conv2d',
    shape: [4, 3, 2],
    layer: conv2d({ filters: 2, kernel: 3, pad: 1, initialiser }),
    macs: 4 * 3 * 9 * 2 * 2,
  },
  {
    name: 'conv2d of stride 2',
    shape: [5, 4, 1],
    layer: conv2d({ filters: 2, kernel: 2, stride: 2, initialiser }),
    macs: 2 * 2 * 4 * 1 * 2,
  },
  { name: 'maxPool', shape: [5, 4, 2], layer: maxPool(2) },
  { name: 'meanPool', shape: [5, 4, 2], layer: meanPool(2) },
  { name: 'activation', shape: [6], layer: activation('tanh') },
  { name: 'swishLayer', shape: [6], layer: swishLayer() },
  { name: 'swishLayer per unit', shape: [2, 2, 3], layer: swishLayer({ per: 'unit' }) },
  { name: 'preluLayer', shape: [6], layer: preluLayer({ per: 'unit' }) },
  { name: 'creluLayer', shape: [2, 2, 3], layer: creluLayer() },
  { name: 'kWinnersLayer', shape: [7], layer: kWinnersLayer({ k: 3 }) },
  { name: 'dropout', shape: [9], layer: dropout({ rate: 0.4 }) },
  { name: 'layerNormalisation', shape: [6], layer: layerNormalisation() },
  { name: 'layerNormalisation over positions', shape: [2, 2, 3], layer: layerNormalisation() },
  { name: 'layerNormalisation over all', shape: [2, 2, 3], layer: layerNormalisation({ over: 'all' }) },
  { name: 'batchNormalisation', shape: [6], layer: batchNormalisation({ statistics: 'continue' }) },
  { name: 'batchNormalisation of images', shape: [3, 2, 2], layer: batchNormalisation({ statistics: 'continue' }) },
  { name: 'embedding', shape: [3], layer: embedding({ count: 5, units: 2 }), classes: 5, macs: 3 * 5 * 2 },
  { name: 'contextGate', shape: [6], layer: contextGate({ contexts, silenced: 0.5, key: key(8) }) },
  {
    name: 'contextMask',
    shape: [4],
    layer: contextMask({
      classes: [
        [0, 1],
        [2, 3],
        [1, 3],
      ],
    }),
  },
  {
    name: 'recurrent: elman',
    shape: [2, 3],
    layer: recurrent({ cell: 'elman', units: 2, outputs: 'all', initialiser }),
    macs: 2 * (3 * 2 + 2 * 2),
  },
  {
    name: 'recurrent: gru, reset before',
    // the second window has one step: the shortest sequence in which the gradient is cut once
    shape: [3, 1],
    layer: recurrent({ cell: 'gru', units: 2, outputs: 'last', truncate: 2, initialiser }),
    macs: 3 * (1 * 6 + 2 * 6),
  },
  {
    name: 'recurrent: gru, reset after',
    shape: [2, 1],
    layer: recurrent({ cell: 'gru', reset: 'after', units: 2, outputs: 'all', initialiser }),
    macs: 2 * (1 * 6 + 2 * 6),
  },
  {
    name: 'attention',
    shape: [2, 3],
    layer: attention({ units: 2, initialiser }),
    macs: 2 * 3 * 6 + 2 * 2 * 2 * 2,
  },
  {
    name: 'attention, causal and projected',
    shape: [3, 1],
    layer: attention({ units: 2, outputs: 3, causal: true, initialiser }),
    macs: 3 * 1 * 6 + 2 * 3 * 3 * 2 + 3 * 2 * 3,
  },
  { name: 'heads', shape: [5], layer: heads({ contexts, units: 2, initialiser }), macs: 5 * 6 },
]

/** The layer alone as a network. */
export const networkOf = ({ shape, layer }: LayerCase): Network => stack(shape, [layer])

/** A pass over rows of names: `p`, `x`, and for what the mode says `key`, `weights`, `state` and `context`. */
export interface Pass {
  readonly p: Expr
  readonly x: Expr
  readonly output: Output
}

/** How a pass is made. */
export interface PassMode {
  readonly training: boolean
  readonly weights?: boolean
}

/** The pass over `n` rows. */
export const passOf = (net: Network, n: number, { training, weights = true }: PassMode): Pass => {
  const p = net.layout.size === 0 ? literal(0) : block('p', [net.layout.size])
  const x = input('x', [n, net.inputs])
  const output = net.apply(p, x, {
    context: input('context', [n], 'i32'),
    ...(net.state === undefined ? {} : { state: block('state', [net.state.layout.size]) }),
    ...(training
      ? { training: { key: input('key', [2], 'i32'), ...(weights ? { weights: input('weights', [n]) } : {}) } }
      : {}),
  })
  return { p, x, output }
}

/** Odd multiples of 1/2048 between −2 and 2: off kinks, and exact in f32. */
const drawn = (n: number, seed: number): Float32Array =>
  Float32Array.from(uniforms(folded(key(17), seed), n), (u) => (Math.floor(u * 4096) - 2048) / 1024 + 1 / 2048)

/** Values for a pass over `n` rows of weight 1 (the rows from `real` on: weight 0). Rows are the same for every `n`. */
export const valuesFor = (
  { classes }: LayerCase,
  net: Network,
  n: number,
  real: number,
  seed = 1,
): Readonly<Record<string, ArrayLike<number>>> => {
  const rows = drawn(n * net.inputs, seed)
  const state = net.state?.initial ?? new Float32Array(0)
  return {
    p: net.initialise(key(seed)).map((v, i) => v + drawn(net.layout.size, seed + 50)[i]! / 4),
    x: classes === undefined ? rows : rows.map((v) => Math.floor(((v + 2) / 4) * classes)),
    key: [7, 11 + seed],
    weights: Float32Array.from({ length: n }, (_, i) => (i < real ? 1 : 0)),
    state: net.state?.layout.entries.some(({ name }) => name.startsWith('batch'))
      ? state.map((v, i) => v + Math.abs(drawn(state.length, seed + 70)[i]!) / 2)
      : state,
    context: Array.from({ length: n }, (_, i) => i % contexts),
    u: drawn(n * sizeOf([net.outputs]), seed + 90),
  }
}
