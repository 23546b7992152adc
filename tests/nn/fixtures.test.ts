import { describe, expect, it } from 'vitest'
import { errorBounds } from '../../src/graph/errorBound.js'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import * as ops from '../../src/graph/ops.js'
import { elu } from '../../src/nn/activations/elu.js'
import { gelu, geluTanh } from '../../src/nn/activations/gelu.js'
import { leakyRelu } from '../../src/nn/activations/leakyRelu.js'
import { prelu } from '../../src/nn/activations/prelu.js'
import { swish } from '../../src/nn/activations/swish.js'
import { attend } from '../../src/nn/attend.js'
import { attention } from '../../src/nn/attention.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import type { LayerOf } from '../../src/nn/layer.js'
import { layerNorm } from '../../src/nn/layerNorm.js'
import { crossEntropy, logSoftmax, softmax } from '../../src/nn/loss.js'
import { binaryCrossEntropy } from '../../src/nn/losses/binaryCrossEntropy.js'
import { distillation } from '../../src/nn/losses/distillation.js'
import { gaussianDivergence } from '../../src/nn/losses/gaussianDivergence.js'
import { labelSmoothing } from '../../src/nn/losses/labelSmoothing.js'
import { meanSquaredError } from '../../src/nn/losses/meanSquaredError.js'
import { recurrent } from '../../src/nn/recurrent.js'
import { apart, fixtures, type FunctionFixture } from '../support/fixtures.js'

type Inputs = Readonly<Record<string, Expr>>

/** The value that a fixture is compared with, and what else it tells. */
interface Made {
  readonly value: Expr
  readonly others?: Inputs
}

/** An input of the fixture; a misspelt name fails. */
const of = (inputs: Inputs, name: string): Expr => {
  const found = inputs[name]
  if (found === undefined) throw new Error(`the fixture has no input '${name}'`)
  return found
}

const unary =
  (f: (x: Expr) => Expr) =>
  (i: Inputs): Made => ({ value: f(of(i, 'x')) })

/** A layer with the tensors of the fixture as its own. */
const layer =
  (layerOf: LayerOf, training = false) =>
  (i: Inputs): Made => {
    const x = of(i, 'x')
    const passed = layerOf(x.shape.slice(1)).apply(x, {
      own: (name) => of(i, name),
      kept: (name) => of(i, name),
      ...(training ? { training: { key: ops.input('draws', [2], 'i32'), label: 'fixture' } } : {}),
    })
    return { value: passed.value, ...(passed.kept === undefined ? {} : { others: passed.kept }) }
  }

const convolution =
  (stride: number, pad: number) =>
  (i: Inputs): Made => ({ value: ops.convolve(of(i, 'x'), of(i, 'weight'), { init: of(i, 'bias'), stride, pad }) })

const batchNorm = layer(batchNormalisation({ epsilon: 2 ** -16, momentum: 0.125, statistics: 'continue' }), true)
const sizes = { units: 4, outputs: 'all', initialiser: 'pytorch' } as const

const ours: Readonly<Record<string, (inputs: Inputs) => Made>> = {
  crossEntropy: (i) => ({ value: crossEntropy(of(i, 'logits'), of(i, 'labels')) }),
  crossEntropyProbabilities: (i) => ({ value: crossEntropy(of(i, 'logits'), of(i, 'target')) }),
  crossEntropyActive: (i) => ({ value: crossEntropy(of(i, 'logits'), of(i, 'labels'), of(i, 'active')) }),
  labelSmoothing: (i) => ({
    value: crossEntropy(of(i, 'logits'), labelSmoothing(of(i, 'labels'), { classes: 4, amount: 0.125 })),
  }),
  binaryCrossEntropy: (i) => ({ value: binaryCrossEntropy(of(i, 'logits'), of(i, 'target'), 'sum') }),
  meanSquaredError: (i) => ({ value: meanSquaredError(of(i, 'prediction'), of(i, 'target'), 'mean') }),
  distillation: (i) => ({
    value: distillation(of(i, 'student'), of(i, 'teacher'), { temperature: 2, timesSquare: true }),
  }),
  gaussianDivergence: (i) => ({
    value: gaussianDivergence({ mean: of(i, 'mean'), logVariance: of(i, 'logVariance') }),
  }),
  gaussianDivergenceOfTwo: (i) => ({
    value: gaussianDivergence(
      { mean: of(i, 'mean'), logVariance: of(i, 'logVariance') },
      { mean: of(i, 'mean2'), logVariance: of(i, 'logVariance2') },
    ),
  }),
  gelu: unary(gelu),
  geluTanh: unary(geluTanh),
  elu: unary((x) => elu(x, 0.5)),
  leakyRelu: unary((x) => leakyRelu(x, 0.25)),
  silu: unary((x) => swish(x)),
  sigmoid: unary(ops.sigmoid),
  tanh: unary(ops.tanh),
  erf: unary(ops.erf),
  sin: unary(ops.sin),
  cos: unary(ops.cos),
  exp: unary(ops.exp),
  softmax: unary((x) => softmax(x)),
  logSoftmax: unary((x) => logSoftmax(x)),
  log: unary(ops.log),
  prelu: (i) => ({ value: prelu(of(i, 'x'), of(i, 'slope')) }),
  swish: (i) => ({ value: swish(of(i, 'x'), of(i, 'beta')) }),
  layerNorm: (i) => ({ value: layerNorm(of(i, 'x'), of(i, 'gain'), of(i, 'bias'), 2 ** -16) }),
  batchNorm,
  batchNormImages: batchNorm,
  'conv2d, stride 1, pad 0, kernel 3': convolution(1, 0),
  'conv2d, stride 1, pad 1, kernel 3': convolution(1, 1),
  'conv2d, stride 2, pad 1, kernel 3': convolution(2, 1),
  'conv2d, stride 3, pad 2, kernel 2': convolution(3, 2),
  maxPool: unary((x) => ops.poolMax(x, 2)),
  meanPool: unary((x) => ops.poolMean(x, 2)),
  gruAfter: layer(recurrent({ cell: 'gru', reset: 'after', ...sizes })),
  gruBefore: layer(recurrent({ cell: 'gru', reset: 'before', ...sizes })),
  elman: layer(recurrent({ cell: 'elman', ...sizes })),
  attention: (i) => ({ value: attend(of(i, 'query'), of(i, 'key'), of(i, 'value')) }),
  attentionCausal: (i) => ({ value: attend(of(i, 'query'), of(i, 'key'), of(i, 'value'), { causal: true }) }),
  multiheadAttention: layer(attention({ units: 4, outputs: 4, causal: true, initialiser: 'pytorch' })),
}

/** Constants of these are numbers that f32 does not hold, such as 1/√2, and ours are rounded to it: half a unit in the last place. */
const roundedConstants = new Set(['gelu', 'geluTanh', 'erf'])

const { system, cases } = fixtures<{
  readonly system: string
  readonly cases: Readonly<Record<string, FunctionFixture>>
}>('nn')

describe(`values and gradients of ${system}`, () => {
  it('are compared one and all', () => {
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  it.each(Object.entries(cases))('%s: ours are the same', (name, fixture) => {
    const integers = new Set(['labels'])
    const inputs = Object.fromEntries(
      Object.entries(fixture.inputs).map(([own, { shape }]) => [
        own,
        ops.input(own, shape, integers.has(own) ? 'i32' : 'f32'),
      ]),
    )
    const { value, others = {} } = ours[name]!(inputs)
    expect(value.shape).toEqual(fixture.value.shape)
    const scalar = ops.sum(ops.mul(value, ops.input('cotangent', fixture.value.shape)))
    const wrt = Object.keys(fixture.gradients)
    const outputs = [value, ...wrt.map((own) => grad(scalar, of(inputs, own))), ...Object.values(others)]
    const told = [
      fixture.value,
      ...wrt.map((own) => fixture.gradients[own]!),
      ...Object.keys(others).map((own) => fixture.others[own]!),
    ]
    const env = {
      ...Object.fromEntries(Object.entries(fixture.inputs).map(([own, { values }]) => [own, values])),
      cotangent: fixture.cotangent.values,
      draws: [0, 0],
    }
    const tolerance = roundedConstants.has(name) ? 2 ** -24 : 1e-12
    const in64 = evaluate(outputs, env, 'f64')
    const in32 = evaluate(outputs, env, 'f32')
    const bounds = errorBounds(outputs, env)
    told.forEach(({ values }, i) => {
      const what = `${name}, ${['value', ...wrt, ...Object.keys(others)][i]}: ${fixture.expression}`
      expect(apart(in64[i]!, values), what).toBeLessThanOrEqual(tolerance)
      const scale = Math.max(...values.map(Math.abs))
      const beyond = values.filter((v, k) => Math.abs(in32[i]![k]! - v) > bounds[i]!.error[k]! + tolerance * scale)
      expect(beyond, `${what}, in f32`).toEqual([])
    })
  })
})
