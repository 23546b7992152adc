import { describe, expect, it } from 'vitest'
import type { Expr } from '../../src/graph/expr.js'
import { literal } from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { activations } from '../../src/nn/activation.js'
import { crelu } from '../../src/nn/activations/crelu.js'
import { elu } from '../../src/nn/activations/elu.js'
import { kWinners } from '../../src/nn/activations/kWinners.js'
import { prelu } from '../../src/nn/activations/prelu.js'
import { fastSigmoid, logisticSurrogate, step, straightThrough } from '../../src/nn/activations/step.js'
import { swish } from '../../src/nn/activations/swish.js'
import { crossEntropy, softmax } from '../../src/nn/loss.js'
import { binaryCrossEntropy } from '../../src/nn/losses/binaryCrossEntropy.js'
import { distillation } from '../../src/nn/losses/distillation.js'
import { gaussianDivergence } from '../../src/nn/losses/gaussianDivergence.js'
import { labelSmoothing } from '../../src/nn/losses/labelSmoothing.js'
import { meanSquaredError } from '../../src/nn/losses/meanSquaredError.js'
import type { ArgumentSpec } from '../../src/testing/argument.js'
import { checkGradients } from '../../src/testing/checkGradients.js'
import { contexts, type LayerCase, layerCases, networkOf, passOf, valuesFor } from './layerTable.js'

const n = 3

const argumentsOf = (layerCase: LayerCase) => {
  const net = networkOf(layerCase)
  const values = valuesFor(layerCase, net, n, 2)
  const x: ArgumentSpec = {
    name: 'x',
    shape: [n, net.inputs],
    values: values.x!,
    fixed: layerCase.classes !== undefined,
  }
  const context: ArgumentSpec = { name: 'context', shape: [n], below: contexts, values: values.context! }
  const state: ArgumentSpec = {
    name: 'state',
    shape: [net.state?.layout.size ?? 1],
    values: net.state === undefined ? [0] : values.state!,
    fixed: true,
  }
  const params: readonly ArgumentSpec[] =
    net.layout.size === 0 ? [] : [{ name: 'p', shape: [net.layout.size], values: values.p! }]
  return { net, x, context, state, params }
}

const of = (e: Expr | undefined): Expr => e ?? literal(0)

describe.each(layerCases)('the layer $name', (layerCase) => {
  it('has right gradients in evaluation', () => {
    const { net, x, context, state, params } = argumentsOf(layerCase)
    // beside −1e30 no difference of logits can be seen, so what is made of them is looked at
    const seen = (logits: Expr): Expr => (layerCase.name === 'contextMask' ? softmax(logits) : logits)
    checkGradients(
      (...[own, on, kept, p]) => seen(net.apply(of(p), of(own), { context: of(on), state: of(kept) }).logits),
      [x, context, state, ...params],
    )
  })
})

/** Layers whose training pass is another graph than their evaluation. */
const trainedApart = layerCases.filter((layerCase) => {
  const net = networkOf(layerCase)
  const [trained, evaluated] = [true, false].map((training) => print([passOf(net, n, { training }).output.logits]))
  return trained !== evaluated
})

it('only dropout and batch normalisation train otherwise than they evaluate', () => {
  const names = trainedApart.map(({ name }) => name)
  expect(names).toEqual(['dropout', 'batchNormalisation', 'batchNormalisation of images'])
})

describe.each(trainedApart)('the layer $name', (layerCase) => {
  it('has right gradients in training, with a row that does not count', () => {
    const { net, x, context, state, params } = argumentsOf(layerCase)
    checkGradients(
      (...[own, on, kept, key, weights, p]) =>
        net.apply(of(p), of(own), {
          context: of(on),
          state: of(kept),
          training: { key: of(key), weights: of(weights) },
        }).logits,
      [
        x,
        context,
        state,
        { name: 'key', shape: [2], below: 1000, values: [3, 4] },
        { name: 'weights', shape: [n], values: [1, 1, 0], fixed: true },
        ...params,
      ],
    )
  })
})

describe('every activation function', () => {
  const functions: Readonly<Record<string, (x: Expr) => Expr>> = {
    ...activations,
    'elu of alpha 0.5': (x) => elu(x, 0.5),
    crelu,
    'two winners': (x) => kWinners(x, 2),
    'a step with a fast sigmoid': (x) => step(x, fastSigmoid(4)),
    'a step with a logistic': (x) => step(x, logisticSurrogate(4)),
    'a straight-through step': (x) => step(x, straightThrough),
  }
  for (const [name, f] of Object.entries(functions))
    it(`${name} has right gradients`, () => {
      checkGradients((x) => f(x), [{ shape: [2, 5], low: -4, high: 4 }])
    })
  it('with a learned number has right gradients in it', () => {
    checkGradients((x, beta) => swish(x, beta), [[2, 3], [3]])
    checkGradients((x, slope) => prelu(x, slope), [[2, 3], [1]])
  })
})

describe('every loss', () => {
  const share: ArgumentSpec = { shape: [2, 4], low: 0, high: 1 }
  const active: ArgumentSpec = { name: 'active', shape: [2, 4], values: [1, 1, 0, 1, 1, 1, 1, 1], fixed: true }
  it('has right gradients in all that is not fixed', () => {
    checkGradients((z, t) => binaryCrossEntropy(z, t, 'sum'), [[2, 4], share])
    checkGradients(
      (p, t) => meanSquaredError(p, t, 'mean'),
      [
        [2, 4],
        [2, 4],
      ],
    )
    checkGradients(
      (z, y, a) => crossEntropy(z, labelSmoothing(y, { classes: 4, amount: 0.1, active: a }), a),
      [[2, 4], { shape: [2], below: 4, values: [0, 3] }, active],
    )
    checkGradients(
      (s, t, a) => distillation(s, t, { temperature: 2, timesSquare: true, teacherActive: a, active: a }),
      [[2, 4], [2, 4], active],
    )
    checkGradients(
      (mean, logVariance) => gaussianDivergence({ mean: mean, logVariance: logVariance }),
      [
        [2, 3],
        [2, 3],
      ],
    )
    checkGradients(
      (m, v, pm, pv) => gaussianDivergence({ mean: m, logVariance: v }, { mean: pm, logVariance: pv }),
      [[2, 3], [2, 3], [3], [3]],
    )
  })
})
