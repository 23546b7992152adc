// convnetjs: double precision, one example at a time, an update after each batch: node --import tsx peers/convnet.mjs
import { createRequire } from 'node:module'
import { serve } from '../lib/serve.ts'
import { parametersOf, versionOf } from './setup.mjs'

const convnet = createRequire(import.meta.url)('convnetjs')

const definitionsOf = (sizes) =>
  sizes === null
    ? [
        { type: 'input', out_sx: 28, out_sy: 28, out_depth: 1 },
        ...[16, 32].flatMap((filters) => [
          { type: 'conv', sx: 3, filters, stride: 1, pad: 1, activation: 'relu' },
          { type: 'pool', sx: 2, stride: 2 },
        ]),
        { type: 'softmax', num_classes: 10 },
      ]
    : [
        { type: 'input', out_sx: 1, out_sy: 1, out_depth: sizes[0] },
        ...sizes.slice(1, -1).map((num_neurons) => ({ type: 'fc', num_neurons, activation: 'relu' })),
        { type: 'softmax', num_classes: 10 },
      ]

// Its filters are rows of [in] (or of [height, width, in]), ours columns.
const fill = (net, setup) => {
  const values = parametersOf(setup)
  const layers = net.layers.filter(({ filters }) => filters !== undefined)
  layers.forEach(({ filters, biases }, layer) => {
    const [weight, bias] = [0, 1].map((part) => values.get(setup.layout[2 * layer + part].name))
    filters.forEach(({ w }, to) => {
      for (let i = 0; i < w.length; i++) w[i] = weight[i * filters.length + to]
      biases.w[to] = bias[to]
    })
  })
}

await serve(versionOf('convnetjs'), (setup) => {
  const net = new convnet.Net()
  net.makeLayers(definitionsOf(setup.sizes))
  fill(net, setup)
  const adaptive = setup.optimiser === 'adam'
  // It has no Adam; its momentum is the cheaper update.
  const trainer = new convnet.Trainer(net, {
    method: 'sgd',
    learning_rate: setup.rate,
    momentum: adaptive ? 0.9 : 0,
    batch_size: setup.batch,
    l2_decay: 0,
  })
  const side = setup.sizes === null ? 28 : 1
  let loss = 0
  return {
    differs: adaptive ? 'momentum instead of Adam' : '',
    ready: ({ x, labels }) =>
      Array.from(labels, (label, row) => {
        const vol = new convnet.Vol(side, side, side === 1 ? setup.inputs : 1, 0)
        vol.w.set(x.subarray(row * setup.inputs, (row + 1) * setup.inputs))
        return { vol, label }
      }),
    step: (batch) => {
      loss = 0
      for (const { vol, label } of batch) loss += trainer.train(vol, label).cost_loss / batch.length
    },
    settle: () => undefined,
    loss: () => loss,
  }
})
