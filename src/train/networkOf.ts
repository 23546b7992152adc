/** The network that a benchmark describes. */
import { cnn } from '../nn/cnn.js'
import { mlp } from '../nn/mlp.js'
import type { Network } from '../nn/network.js'
import type { Stream } from '../stream/stream.js'
import type { Benchmark } from './benchmark.js'

type Images = Pick<Stream, 'height' | 'width' | 'inputs' | 'outputs'>

/** The network for grey images of a stream. Throws when its convolutions would pool the images to nothing. */
export const networkOf = (model: Benchmark['model'], { height, width, inputs, outputs }: Images): Network =>
  model.kind === 'mlp' ? mlp({ ...model, inputs, outputs }) : cnn({ ...model, height, width, channels: 1, outputs })

/** Values of the hidden layers for one row. */
export const hiddenValues = (model: Benchmark['model'], { height, width }: Images): number => {
  if (model.kind === 'mlp') return model.hidden.reduce((a, b) => a + b, 0)
  // each layer sees a quarter of the pixels of the one before, and pools what it makes to a quarter
  const start = { sum: 0, pixels: height * width }
  return model.filters.reduce(
    ({ sum, pixels }, filters) => ({ sum: sum + 1.25 * filters * pixels, pixels: pixels / 4 }),
    start,
  ).sum
}
