import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { block, input, sum } from '../../src/graph/ops.js'
import { print } from '../../src/graph/print.js'
import { cnn, type CnnOptions } from '../../src/nn/cnn.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { mlp, type MlpOptions } from '../../src/nn/mlp.js'
import type { Network } from '../../src/nn/network.js'
import { integers, uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { bits, compiled } from '../support/compiled.js'

const perceptron: MlpOptions = { inputs: 16, hidden: [6, 5], outputs: 3, initialiser: 'glorot' }
const images: CnnOptions = {
  height: 4,
  width: 4,
  channels: 1,
  filters: [3, 4],
  kernel: 3,
  outputs: 3,
  initialiser: 'glorot',
}
const batchNormal = { kind: 'batch', statistics: 'continue' } as const
const names = (net: Network): readonly string[] => net.layout.entries.map((e) => e.name)
const leaves = (net: Network) => ({ p: block('p', [net.layout.size]), x: input('x', [4, 16]) })
const written = (net: Network): string => {
  const { p, x } = leaves(net)
  return print([net.apply(p, x).logits])
}

describe('hidden layers of perceptrons and convolutional networks', () => {
  it('are what they were where nothing is asked for, and where the defaults are named', () => {
    for (const [plain, named] of [
      [mlp(perceptron), mlp({ ...perceptron, activation: 'relu', dropout: 0 })],
      [cnn(images), cnn({ ...images, activation: 'relu', dropout: 0 })],
    ] as const) {
      expect(written(named)).toBe(written(plain))
      expect(names(named)).toEqual(names(plain))
      expect([plain.state, plain.draws, named.draws]).toEqual([undefined, undefined, undefined])
    }
    expect(written(mlp({ ...perceptron, activation: 'tanh' }))).toContain('tanh')
  })

  it('have their normalisation before the activation function, and keep its statistics beside the parameters', () => {
    expect(names(mlp({ ...perceptron, hidden: [6], normalisation: { kind: 'layer' } }))).toEqual([
      'dense0/weight',
      'dense0/bias',
      'layerNormalisation0/gain',
      'layerNormalisation0/bias',
      'dense1/weight',
      'dense1/bias',
    ])
    const net = cnn({ ...images, normalisation: batchNormal })
    expect(net.state?.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['batchNormalisation0/mean', [3]],
      ['batchNormalisation0/variance', [3]],
      ['batchNormalisation1/mean', [4]],
      ['batchNormalisation1/variance', [4]],
    ])
    expect(names(net)).toContain('batchNormalisation1/gain')
  })

  it('drop units in training passes alone, the same ones in reference and program, and compile to its bits', () => {
    for (const net of [
      mlp({ ...perceptron, dropout: 0.5, normalisation: batchNormal, activation: 'gelu' }),
      cnn({ ...images, dropout: 0.5, normalisation: batchNormal }),
      mlp({ ...perceptron, dropout: 0.25, normalisation: { kind: 'layer' } }),
    ]) {
      expect(net.draws).toBe(true)
      const { p, x } = leaves(net)
      const drawKey = input('key', [2], 'i32')
      const trained = net.apply(p, x, { training: { key: drawKey } })
      const loss = sum(crossEntropy(trained.logits, input('y', [4], 'i32')))
      const all = [loss, grad(loss, p), ...(trained.state === undefined ? [] : [trained.state])]
      const env = { p: net.initialise(key(1)), x: uniforms(key(2), 64), y: integers(key(3), 4, 3), key: [1, 2] }
      const values = evaluate(all, env, 'f32')
      compiled(all, env).forEach((v, i) => expect(bits(v)).toEqual(bits(values[i]!)))
      expect(evaluate(all, { ...env, key: [1, 3] }, 'f32')[0]).not.toEqual(values[0])
      expect(written(net)).not.toContain('random')
    }
  })

  it('refuse what is no rate, no name and no normalisation, all at once', () => {
    const loose = (changes: object): MlpOptions => Object.assign({}, perceptron, changes)
    expect(() => mlp(loose({ activation: 'rellu', dropout: 1, normalisation: { kind: 'group' } }))).toThrow(
      /^mlp: activation must be one of identity, .*, got 'rellu'; dropout must be a number from 0, below 1, got 1; normalisation must be \{ kind: 'layer'/,
    )
    expect(() => mlp(loose({ normalisation: { kind: 'batch' } }))).toThrow(
      'mlp: normalisation.statistics must be one of continue, reset, first, got undefined',
    )
    const twice = { hidden: [], dropout: 2, normalisation: { kind: 'layer', epsilon: 0, eps: 1 } }
    expect(() => mlp(loose(twice))).toThrow(
      'mlp: dropout must be a number from 0, below 1, got 2; normalisation.epsilon must be a finite number above 0, got 0; ' +
        "no option 'normalisation.eps', known: kind, epsilon, over",
    )
    expect(() => mlp(loose({ activations: 'relu' }))).toThrow("no option 'activations', known: inputs, hidden")
    expect(() => cnn({ ...images, dropout: Number.NaN })).toThrow('dropout must be a number from 0, below 1, got NaN')
  })
})
