// brain.js: an update after every example and a loss of its own, so only the number of examples is the same.
// node --import tsx peers/brain.mjs
import { createRequire } from 'node:module'
import { serve } from '../lib/serve.ts'
import { versionOf } from './setup.mjs'

const brain = createRequire(import.meta.url)('brain.js')

await serve(versionOf('brain.js'), ({ sizes, rate }) => {
  if (sizes === null) return 'it has no convolutions'
  const net = new brain.NeuralNetwork({
    hiddenLayers: sizes.slice(1, -1),
    activation: 'relu',
    learningRate: rate,
    momentum: 0.1,
  })
  net.sizes = sizes
  net.initialize()
  return {
    differs: 'an update after every example, squared error',
    ready: ({ x, labels }) =>
      Array.from(labels, (label, row) => ({
        input: x.subarray(row * sizes[0], (row + 1) * sizes[0]),
        output: Float32Array.from({ length: 10 }, (_, i) => Number(i === label)),
      })),
    step: (batch) => {
      for (const example of batch) net.trainPattern(example)
    },
    settle: () => undefined,
    loss: () => Number.NaN,
  }
})
