import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, input, sum } from '../../src/graph/ops.js'
import { autoencoder, type AutoencoderOptions } from '../../src/nn/autoencoder.js'
import { print } from '../../src/graph/print.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import { bits, compiled } from '../support/compiled.js'

const options: AutoencoderOptions = { inputs: 4, hidden: [5, 3], code: 2, output: 'sigmoid', initialiser: 'glorot' }
const net = autoencoder(options)
const [p, x] = [block('p', [net.layout.size]), input('x', [3, 4])]
const env = { p: net.initialise(key(1)), x: uniforms(key(2), 12) }

describe('the autoencoder', () => {
  it('is an encoder and its mirror image over one vector of parameters', () => {
    expect(net.layout.entries.map((e) => `${e.name} ${e.shape.join('x')}`)).toEqual([
      'encoder/dense0/weight 4x5',
      'encoder/dense0/bias 5',
      'encoder/dense1/weight 5x3',
      'encoder/dense1/bias 3',
      'encoder/dense2/weight 3x2',
      'encoder/dense2/bias 2',
      'decoder/dense0/weight 2x3',
      'decoder/dense0/bias 3',
      'decoder/dense1/weight 3x5',
      'decoder/dense1/bias 5',
      'decoder/dense2/weight 5x4',
      'decoder/dense2/bias 4',
    ])
    expect(net.initialise(key(1))).toEqual(env.p)
    expect([net.inputs, net.outputs, net.code]).toEqual([4, 4, 2])
  })

  it('draws encoder and decoder apart, also where their tensors have the same names and shapes', () => {
    const square = autoencoder({ ...options, hidden: [4], code: 4 })
    const all = square.initialise(key(1))
    const half = all.length / 2
    expect(all.slice(0, half).some((v, i) => v !== 0 && v === all[half + i])).toBe(false)
    const dropping = autoencoder({ ...options, hidden: [4], code: 4, dropout: 0.5 })
    const training = { key: input('key', [2], 'i32'), label: 'replay' }
    const written = print([dropping.apply(block('p', [dropping.layout.size]), x, { training }).logits])
    for (const part of ['encoder', 'decoder']) expect(written).toContain(`replay/${part}/dropout0`)
  })

  it('gives the code as features, and decodes it to the outputs of the pass', () => {
    const made = net.apply(p, x)
    const [code, encoded, decoded, logits] = evaluate(
      [made.features, net.encode(p, x), net.decode(p, made.features), made.logits],
      env,
      'f64',
    )
    expect(encoded).toEqual(code)
    expect(code).toHaveLength(6)
    logits!.forEach((z, i) => expect(decoded![i]).toBeCloseTo(1 / (1 + Math.exp(-z)), 12))
    expect(made.activations.map((a) => [a.name, a.value.shape])).toEqual([
      ['encoder/dense0', [3, 5]],
      ['encoder/dense1', [3, 3]],
      ['decoder/dense0', [3, 3]],
      ['decoder/dense1', [3, 5]],
    ])
  })

  it('loses the cross-entropy of each row, or the squared error, added up over inputs', () => {
    const [logits, losses] = evaluate([net.apply(p, x).logits, net.losses(net.apply(p, x), x)], env, 'f64')
    const real = autoencoder({ ...options, output: 'identity' })
    const [squares] = evaluate([real.losses(real.apply(p, x), x)], env, 'f64')
    const over = (f: (z: number, t: number) => number) =>
      [0, 1, 2].map((r) => [0, 1, 2, 3].reduce((a, i) => a + f(logits![4 * r + i]!, env.x[4 * r + i]!), 0))
    const entropy = over((z, t) => -t * Math.log(1 / (1 + Math.exp(-z))) - (1 - t) * Math.log(1 / (1 + Math.exp(z))))
    entropy.forEach((v, r) => expect(losses![r]).toBeCloseTo(v, 10))
    over((z, t) => (z - t) ** 2).forEach((v, r) => expect(squares![r]).toBeCloseTo(v, 12))
    expect(evaluate([real.decode(p, real.encode(p, x))], env, 'f64')[0]).toEqual(logits)
  })

  it('is a projection when it is linear, tied and orthogonal: codes come back as they were', () => {
    const linear = autoencoder({ ...options, hidden: [], output: 'identity' })
    // the first two coordinates are the code
    const flat = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    const q = block('p', [linear.layout.size])
    const once = linear.decode(q, linear.encode(q, x))
    const twice = linear.decode(q, linear.encode(q, once))
    const [a, b] = evaluate([once, twice], { p: flat, x: env.x }, 'f64')
    expect([...a!]).toEqual([...env.x].map((v, i) => (i % 4 < 2 ? v : 0)))
    expect(b).toEqual(a)
  })

  it('compiles a step to the bits of the reference, with dropout and both normalisations', () => {
    for (const normalisation of [undefined, { kind: 'layer' }, { kind: 'batch', statistics: 'continue' }] as const) {
      const own = autoencoder({ ...options, dropout: 0.25, ...(normalisation === undefined ? {} : { normalisation }) })
      const q = block('p', [own.layout.size])
      const made = own.apply(q, x, { training: { key: input('key', [2], 'i32') } })
      const loss = sum(own.losses(made, x))
      const all: Expr[] = [loss, grad(loss, q), ...(made.state === undefined ? [] : [made.state])]
      const values = { p: own.initialise(key(3)), x: env.x, key: [5, 6] }
      const truth = evaluate(all, values, 'f32')
      compiled(all, values).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
      expect(made.state?.shape).toEqual(own.state === undefined ? undefined : [own.state.layout.size])
    }
  })

  it('has the derivatives that differences show', () => {
    const small = autoencoder({ ...options, inputs: 3, hidden: [3], activation: 'tanh' })
    const f = (...[flat, rows]: Expr[]) => small.losses(small.apply(flat!, rows!), rows!)
    expect(compareGradients(f, [[small.layout.size], { shape: [2, 3], low: 0, high: 1 }]).faults).toEqual([])
  })

  it('refuses impossible sizes and unknown names, all at once', () => {
    const loose = (changes: object): AutoencoderOptions => Object.assign({}, options, changes)
    expect(() => autoencoder(loose({ code: 0, hidden: [1.5], output: 'relu' }))).toThrow(
      'autoencoder: hidden must be a list, every member a whole number from 1, got [1.5]; ' +
        "code must be a whole number from 1, got 0; output must be one of sigmoid, identity, got 'relu'",
    )
  })
})
