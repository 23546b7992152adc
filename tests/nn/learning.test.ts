import { describe, expect, it } from 'vitest'
import { input, mean, square, sub } from '../../src/graph/ops.js'
import { attention } from '../../src/nn/attention.js'
import { autoencoder } from '../../src/nn/autoencoder.js'
import { cnn } from '../../src/nn/cnn.js'
import { dense } from '../../src/nn/dense.js'
import { mlp } from '../../src/nn/mlp.js'
import { recurrentClassifier, type RecurrentClassifierOptions } from '../../src/nn/recurrentClassifier.js'
import { stack } from '../../src/nn/stack.js'
import { vae } from '../../src/nn/vae.js'
import { key } from '../../src/random/key.js'
import { digitClassifier, largest, trainOnDigits } from '../support/digitTraining.js'

const rowsAsSteps = { steps: 8, inputs: 8, outputs: 10, units: 32, initialiser: 'pytorch' } as const
const recurrent = (options: object): RecurrentClassifierOptions =>
  Object.assign({ cell: 'gru' as const, recurrentInitialiser: 'orthogonal' as const }, rowsAsSteps, options)

describe('on handwritten digits of writers it has not seen', () => {
  it('a GRU that is given the rows of an image one after the other reads more than 85 % after 300 steps', () => {
    for (const reset of ['before', 'after'] as const) {
      const { accuracy, losses } = digitClassifier(recurrentClassifier(recurrent({ reset })), { rate: 0.01 })
      expect(accuracy()).toBeGreaterThan(0.85)
      expect(losses.at(-1)).toBeLessThan(0.2 * losses[0]!)
    }
  })

  it('so does one whose errors flow back over four rows, and an Elman network', () => {
    for (const options of [{ truncate: 4 }, { cell: 'elman' }])
      expect(digitClassifier(recurrentClassifier(recurrent(options)), { rate: 0.01 }).accuracy()).toBeGreaterThan(0.85)
  })

  it('perceptrons and convolutional networks read more than 85 % with other activation functions, dropout and normalisation', () => {
    const batch = { kind: 'batch', statistics: 'continue' } as const
    for (const network of [
      mlp({
        inputs: 64,
        hidden: [64],
        outputs: 10,
        initialiser: 'pytorch',
        activation: 'tanh',
        dropout: 0.2,
        normalisation: batch,
      }),
      mlp({
        inputs: 64,
        hidden: [64],
        outputs: 10,
        initialiser: 'he',
        activation: 'gelu',
        normalisation: { kind: 'layer' },
      }),
      cnn({
        height: 8,
        width: 8,
        channels: 1,
        filters: [8],
        kernel: 3,
        outputs: 10,
        initialiser: 'he',
        normalisation: batch,
      }),
    ])
      expect(digitClassifier(network, { rate: 0.005 }).accuracy()).toBeGreaterThan(0.85)
  })

  it('attention between the rows of an image reads more than 75 %', () => {
    const layers = [attention({ units: 16, initialiser: 'glorot' }), dense({ units: 10, initialiser: 'glorot' })]
    expect(digitClassifier(stack([8, 8], layers), { rate: 0.01, steps: 400 }).accuracy()).toBeGreaterThan(0.75)
  })

  it('an autoencoder of 8 numbers leaves less than 40 % of the squared error of the mean image', () => {
    for (const output of ['sigmoid', 'identity'] as const) {
      const network = autoencoder({ inputs: 64, hidden: [48], code: 8, output, initialiser: 'glorot' })
      const trained = trainOnDigits({ network, losses: network.losses, steps: 400, rate: 0.003 })
      const [error] = trained.evaluated((p, x) => mean(square(sub(network.decode(p, network.encode(p, x)), x))))
      expect(error).toBeLessThan(0.4 * trained.variance)
      expect(trained.losses.at(-1)).toBeLessThan(0.5 * trained.losses[0]!)
    }
  })

  it('a VAE lowers its bound by a third, and its samples differ', () => {
    const network = vae({ inputs: 64, hidden: [64], latents: 8, initialiser: 'glorot' })
    const losses = (output: ReturnType<typeof network.apply>, x: Parameters<typeof network.losses>[1]) =>
      network.losses(output, x).total
    const trained = trainOnDigits({ network, losses, steps: 500, rate: 0.003 })
    expect(trained.losses.at(-1)).toBeLessThan((2 / 3) * trained.losses[0]!)
    const samples = trained.evaluated((p) => network.sample(p, input('key', [2], 'i32'), 50), { key: [1, 2] })
    const [average, spread] = [0, 1].map((power) =>
      Array.from({ length: 64 }, (_, pixel) => {
        const values = Array.from({ length: 50 }, (_, i) => samples[64 * i + pixel]!)
        const middle = values.reduce((a, b) => a + b, 0) / 50
        return power === 0 ? middle : values.reduce((a, v) => a + (v - middle) ** 2, 0) / 50
      }).reduce((a, b) => a + b / 64, 0),
    )
    expect(average).toBeGreaterThan(0.2)
    expect(spread).toBeGreaterThan(0.2 * trained.variance)
  })

  it('a VAE with gates per class draws the digits that it is asked for, in the eyes of another network', () => {
    const network = vae({
      inputs: 64,
      hidden: [64],
      latents: 8,
      initialiser: 'glorot',
      gates: { classes: 10, silenced: 0.5, key: key(9) },
    })
    const losses = (output: ReturnType<typeof network.apply>, x: Parameters<typeof network.losses>[1]) =>
      network.losses(output, x).total
    const trained = trainOnDigits({ network, losses, steps: 600, rate: 0.003, context: 'class' })
    const classes = Int32Array.from({ length: 200 }, (_, i) => i % 10)
    const asked = input('classes', [200], 'i32')
    const samples = trained.evaluated(
      (p, _x, { state }) => network.sample(p, input('key', [2], 'i32'), 200, { state, context: asked }),
      {
        key: [1, 2],
        classes,
      },
    )
    const reader = cnn({ height: 8, width: 8, channels: 1, filters: [8], kernel: 3, outputs: 10, initialiser: 'he' })
    const judge = digitClassifier(reader, { rate: 0.01, steps: 400 })
    const logits = judge.evaluated((p) => reader.apply(p, input('made', [200, 64])).logits, { made: samples })
    const seen = largest(logits, 10)
    expect(classes.filter((c, i) => seen[i] === c).length).toBeGreaterThan(0.9 * 200)
  })
})
