import { describe, expect, it } from 'vitest'
import { activation } from '../../src/nn/activation.js'
import { kWinnersLayer } from '../../src/nn/activations/kWinners.js'
import { preluLayer } from '../../src/nn/activations/prelu.js'
import { swishLayer } from '../../src/nn/activations/swish.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import { contextGate } from '../../src/nn/contextGate.js'
import { contextMask } from '../../src/nn/contextMask.js'
import { conv2d } from '../../src/nn/conv2d.js'
import { dense } from '../../src/nn/dense.js'
import { dropout } from '../../src/nn/dropout.js'
import { attend } from '../../src/nn/attend.js'
import { multiHead, singleHead } from '../../src/nn/classifier.js'
import { elu } from '../../src/nn/activations/elu.js'
import { leakyRelu } from '../../src/nn/activations/leakyRelu.js'
import { fastSigmoid, logisticSurrogate } from '../../src/nn/activations/step.js'
import { swish } from '../../src/nn/activations/swish.js'
import { input } from '../../src/graph/ops.js'
import { joined } from '../../src/nn/joined.js'
import { distillation } from '../../src/nn/losses/distillation.js'
import { labelSmoothing } from '../../src/nn/losses/labelSmoothing.js'
import { recurrent } from '../../src/nn/recurrent.js'
import { recurrentClassifier } from '../../src/nn/recurrentClassifier.js'
import { stack } from '../../src/nn/stack.js'
import { embedding } from '../../src/nn/embedding.js'
import { layerNormalisation } from '../../src/nn/layerNorm.js'
import { maxPool, meanPool } from '../../src/nn/pool.js'
import { key } from '../../src/random/key.js'

/** The message with which a constructor refuses options from JavaScript, which no compiler has looked at. */
const refusal = (construct: (options: never) => unknown, options: unknown): string => {
  try {
    Reflect.apply(construct, undefined, [options])
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return 'accepted'
}

describe('every constructor of a layer', () => {
  it('refuses impossible sizes, NaN and unknown names, with the known ones', () => {
    const initialisers = 'one of pytorch, glorot, glorotNormal, he, heUniform, lecun, lecunUniform, orthogonal'
    expect(refusal(dense, { units: 0, initialiser: 'kaiming' })).toBe(
      `dense: units must be a whole number from 1, got 0; initialiser must be ${initialisers}, got 'kaiming'`,
    )
    expect(refusal(conv2d, { filters: 1.5, kernel: 0, stride: 0, pad: -1 })).toBe(
      'conv2d: filters must be a whole number from 1, got 1.5; kernel must be a whole number from 1, got 0; ' +
        'stride must be a whole number from 1, got 0; pad must be a whole number from 0, got -1; ' +
        `initialiser must be ${initialisers}, got undefined`,
    )
    expect(refusal(maxPool, 0)).toBe('maxPool: size must be a whole number from 1, got 0')
    expect(refusal(meanPool, Number.NaN)).toBe('meanPool: size must be a whole number from 1, got NaN')
    expect(refusal(dropout, { rate: 1 })).toBe('dropout: rate must be a number from 0, below 1, got 1')
    expect(refusal(dropout, { rate: Number.NaN })).toBe('dropout: rate must be a number from 0, below 1, got NaN')
    expect(refusal(layerNormalisation, { epsilon: 0, over: 'rows' })).toBe(
      "layerNormalisation: epsilon must be a finite number above 0, got 0; over must be one of last, all, got 'rows'",
    )
    expect(refusal(batchNormalisation, { momentum: 2, epsilon: Number.NaN })).toBe(
      'batchNormalisation: epsilon must be a finite number above 0, got NaN; momentum must be a number from 0 to 1, got 2; ' +
        'statistics must be one of continue, reset, first, got undefined',
    )
    expect(refusal(embedding, { count: 0, units: 2.5 })).toBe(
      'embedding: count must be a whole number from 1, got 0; units must be a whole number from 1, got 2.5',
    )
    expect(refusal(contextGate, { contexts: 0, silenced: 1.1, key: 3 })).toBe(
      'contextGate: contexts must be a whole number from 1, got 0; silenced must be a number from 0 to 1, got 1.1; ' +
        'key must be a key, as `key(seed)` gives it, got 3',
    )
    expect(refusal(contextMask, { classes: [[0], []] })).toBe(
      'contextMask: classes must be a list with one list of class numbers or more, none of them empty, got [[0], []]',
    )
    expect(refusal(swishLayer, { beta: Number.NaN, per: 'channel' })).toBe(
      "swishLayer: per must be one of layer, unit, got 'channel'; beta must be a finite number, got NaN",
    )
    expect(refusal(preluLayer, { slope: Number.POSITIVE_INFINITY })).toBe(
      'preluLayer: slope must be a finite number, got Infinity',
    )
    expect(refusal(kWinnersLayer, { k: 0 })).toBe('kWinnersLayer: k must be a whole number from 1, got 0')
    expect(refusal(activation, 'rellu')).toBe(
      'activation: name must be a function of expressions, or one of identity, step, relu, leakyRelu, elu, sigmoid, tanh, softmax, gelu, ' +
        "geluTanh, silu, got 'rellu'",
    )
  })

  it('refuses examples that the layer cannot take', () => {
    expect(() => conv2d({ filters: 1, kernel: 5, initialiser: 'he' })([4, 9, 1])).toThrow(
      /hold a kernel of 5 × 5.*got \[4, 9, 1\]/,
    )
    expect(() => maxPool(3)([2, 8, 1])).toThrow(/hold a window of 3 × 3, got \[2, 8, 1\]/)
    expect(() => meanPool(2)([16])).toThrow(/got \[16\]/)
    expect(() => kWinnersLayer({ k: 5 })([4])).toThrow(/5 units or more, got \[4\]/)
    expect(() => embedding({ count: 3, units: 2 })([2, 2])).toThrow(/class numbers, got \[2, 2\]/)
    expect(() => contextGate({ contexts: 2, silenced: 0.5, key: key(1) })([3, 3, 1])).toThrow(/got \[3, 3, 1\]/)
    expect(() => batchNormalisation({ statistics: 'continue' })([3, 4])).toThrow(/got \[3, 4\]/)
    expect(() => contextMask({ classes: [[0], [1, 2]] })([2])).toThrow('context 1 has class 2, but there are 2 outputs')
  })
})

describe('networks and what is put together', () => {
  const none = { shape: [4], layers: [], initialiser: 'he' } as const
  it('refuse examples of no shape, layers that are none, and unknown names', () => {
    for (const shape of [[0], [Number.NaN], [-2, -2], [1.5]])
      expect(() => stack(shape, [activation('relu')])).toThrow(
        `stack: shape must be a list of axes, every length a whole number from 1, got [${shape.join(', ')}]`,
      )
    expect(() => Reflect.apply(stack, undefined, [4, [undefined]])).toThrow(/shape must be .*, got 4; layers must be/)
    expect(() => stack([4], [])).toThrow('stack: expected one layer or more')
    expect(() => joined([])).toThrow('joined: expected one part or more')
    expect(refusal(singleHead, { ...none, outputs: 0, units: 3 })).toBe(
      "singleHead: outputs must be a whole number from 1, got 0; no option 'units', known: shape, layers, initialiser, outputs",
    )
    expect(refusal(multiHead, { ...none, shape: [0], contexts: 0, outputs: 1.5 })).toMatch(
      /^multiHead: shape must be .*; contexts must be .* got 0; outputs must be .* got 1.5$/,
    )
    expect(
      refusal(recurrentClassifier, { steps: 0, inputs: 0, outputs: 0, cell: 'lstm', units: 0, reset: 'after' }),
    ).toMatch(
      /steps must [^;]*; inputs must [^;]*; outputs must [^;]*; cell must be one of elman, gru, got 'lstm'; units must [^;]*; initialiser must [^;]*$/,
    )
    for (const f of [recurrent, recurrentClassifier, multiHead, singleHead])
      expect(refusal(f, undefined)).toMatch(/expected a record of options \(.*\), got undefined/)
  })

  it('refuse numbers of functions that are none', () => {
    const x = input('x', [2, 3])
    expect(() => elu(x, Number.NaN)).toThrow('elu: alpha must be a finite number, got NaN')
    expect(() => leakyRelu(x, Number.NaN)).toThrow('leakyRelu: slope must be a finite number, got NaN')
    expect(() => swish(x, Number.NaN)).toThrow('swish: beta must be a finite number, got NaN')
    expect(() => fastSigmoid(Number.NaN)).toThrow('fastSigmoid: slope must be a finite number above 0, got NaN')
    expect(() => logisticSurrogate(0)).toThrow('logisticSurrogate: slope must be a finite number above 0, got 0')
    const misspelt = Object.assign({}, { causal: true }, { casual: true })
    expect(() => attend(input('q', [1, 2, 2]), input('k', [1, 2, 2]), input('v', [1, 2, 2]), misspelt)).toThrow(
      "attend: no option 'casual', known: causal, keys",
    )
    expect(() => labelSmoothing(x, Object.assign({ classes: 0, amount: 2 }, { smooth: 1 }))).toThrow(
      "labelSmoothing: classes must be a whole number from 1, got 0; amount must be a number from 0 to 1, got 2; no option 'smooth'",
    )
    const masked = Object.assign({ temperature: 1, timesSquare: true }, { active: null })
    expect(() => Reflect.apply(distillation, undefined, [x, x, masked])).toThrow(
      'active must be an expression, got null',
    )
  })
})
