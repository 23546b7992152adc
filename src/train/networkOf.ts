/** The network that a benchmark describes. */
import { block, input } from '../graph/ops.js'
import { sizeOf } from '../graph/shape.js'
import { topological } from '../graph/topological.js'
import { cnn } from '../nn/cnn.js'
import { mlp } from '../nn/mlp.js'
import type { Network, Output } from '../nn/network.js'
import { recurrentClassifier } from '../nn/recurrentClassifier.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark } from './benchmark.js'

type Images = Pick<Stream, 'height' | 'width' | 'inputs' | 'outputs'>
type Recurrent = Extract<Benchmark['model'], { readonly kind: 'recurrent' }>

/** The network for grey images of a stream. Throws when its convolutions would pool the images to nothing. */
export const networkOf = (model: Benchmark['model'], { height, width, inputs, outputs }: Images): Network => {
  if (model.kind === 'mlp') {
    const { kind: _, ...options } = model
    return mlp({ ...options, inputs, outputs })
  }
  if (model.kind === 'cnn') {
    const { kind: _, ...options } = model
    return cnn({ ...options, height, width, channels: 1, outputs })
  }
  return recurrentClassifier({ ...cellOf(model), steps: height, inputs: width, outputs })
}

const cellOf = ({ kind: _, cell, activation, reset, ...sizes }: Recurrent) =>
  cell === 'elman'
    ? { cell, ...(activation === undefined ? {} : { activation }), ...sizes }
    : { cell, ...(reset === undefined ? {} : { reset }), ...sizes }

/** An evaluation of one row. */
const oneRow = ({ layout, inputs, state, apply }: Network): Output => {
  const mode = state === undefined ? {} : { state: block('state', [state.layout.size]) }
  return apply(block('params', [layout.size]), input('x', [1, inputs]), mode)
}

/** Beyond so many parameters no graph can be made. */
const mostParameters = 2 ** 30

/** Numbers per row of the features; 0 for a network too large to be made. */
export const featuresOf = (network: Network): number =>
  network.layout.size < mostParameters ? (oneRow(network).features.shape[1] ?? 0) : 0

/** Values that products, convolutions, poolings and loops of an evaluation make of one row, the logits left out; 0 for a network too large to be made. */
export const hiddenValues = (network: Network): number => {
  const { layout, outputs } = network
  if (layout.size >= mostParameters) return 0
  const { logits } = oneRow(network)
  const made = topological([logits]).filter(({ op }) => op.codegen === 'routine' || op.codegen === 'reduce')
  return made.reduce((n, { shape }) => n + sizeOf(shape), 0) - outputs
}
