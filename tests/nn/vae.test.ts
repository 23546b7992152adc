import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad } from '../../src/graph/grad.js'
import { block, input, normal, sum } from '../../src/graph/ops.js'
import { vae, type VaeOptions } from '../../src/nn/vae.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import { bits, compiled } from '../support/compiled.js'

const options: VaeOptions = { inputs: 4, hidden: [6, 5], latents: 2, initialiser: 'glorot' }
const gated: VaeOptions = { ...options, gates: { classes: 3, silenced: 0.5, key: key(7) } }
const [plain, byClass] = [vae(options), vae(gated)]
const n = 3
const x = input('x', [n, 4])
const [drawKey, context] = [input('key', [2], 'i32'), input('context', [n], 'i32')]
const p = block('p', [plain.layout.size])
const state = block('state', [byClass.state?.layout.size ?? 0])
const env = {
  p: plain.initialise(key(1)),
  x: uniforms(key(2), n * 4),
  key: [3, 4],
  context: [0, 1, 2],
  state: byClass.state?.initial ?? [],
}
const f64 = (...es: Expr[]) => evaluate(es, env, 'f64')

describe('the variational autoencoder', () => {
  it('has an encoder of means and log variances, and the mirror image as decoder', () => {
    expect(
      plain.layout.entries.filter((e) => e.name.endsWith('weight')).map((e) => `${e.name} ${e.shape.join('x')}`),
    ).toEqual([
      'encoder/dense0/weight 4x6',
      'encoder/dense1/weight 6x5',
      'encoder/dense2/weight 5x4',
      'decoder/dense0/weight 2x5',
      'decoder/dense1/weight 5x6',
      'decoder/dense2/weight 6x4',
    ])
    expect([plain.inputs, plain.outputs, plain.latents, plain.draws, plain.state]).toEqual([4, 4, 2, true, undefined])
  })

  it('decodes mean + deviation · noise in training passes, and the mean in evaluations', () => {
    const trained = plain.apply(p, x, { training: { key: drawKey } })
    const [mean, logVariance, latent, noise] = f64(
      trained.mean,
      trained.logVariance,
      trained.latent,
      normal(drawKey, 'posterior', [n, 2]),
    )
    latent!.forEach((z, i) => expect(z).toBeCloseTo(mean![i]! + Math.exp(logVariance![i]! / 2) * noise![i]!, 12))
    const still = plain.apply(p, x)
    const [seen, decoded, logits] = f64(still.latent, plain.decode(p, still.mean), still.logits)
    expect(seen).toEqual(mean)
    logits!.forEach((z, i) => expect(decoded![i]).toBeCloseTo(1 / (1 + Math.exp(-z)), 12))
  })

  it('draws anew for every key and every label of a pass', () => {
    const at = (words: readonly number[], label?: string) =>
      evaluate([plain.apply(p, x, { training: { key: drawKey, label } }).latent], { ...env, key: words }, 'f32')[0]
    expect(at([3, 4])).toEqual(at([3, 4]))
    expect(at([3, 5])).not.toEqual(at([3, 4]))
    expect(at([3, 4], 'replay')).not.toEqual(at([3, 4]))
  })

  it('loses minus the evidence lower bound: cross-entropy and divergence of each row', () => {
    const made = plain.apply(p, x, { training: { key: drawKey } })
    const l = plain.losses(made, x)
    const [logits, mean, logVariance, ce, kl, total] = f64(
      made.logits,
      made.mean,
      made.logVariance,
      l.reconstruction,
      l.divergence,
      l.total,
    )
    for (let r = 0; r < n; r++) {
      const entropy = [0, 1, 2, 3].reduce((a, i) => {
        const [z, t] = [logits![4 * r + i]!, env.x[4 * r + i]!]
        return a + t * Math.log(1 + Math.exp(-z)) + (1 - t) * Math.log(1 + Math.exp(z))
      }, 0)
      const divergence = [0, 1].reduce((a, i) => {
        const [m, v] = [mean![2 * r + i]!, logVariance![2 * r + i]!]
        return a - 0.5 * (1 + v - m * m - Math.exp(v))
      }, 0)
      expect(ce![r]).toBeCloseTo(entropy, 10)
      expect(kl![r]).toBeCloseTo(divergence, 10)
      expect(total![r]).toBeCloseTo(entropy + divergence, 10)
    }
  })

  it('silences a fixed share of the hidden units of the decoder, other ones for each class and layer', () => {
    const made = byClass.apply(p, x, { context, state })
    const gates = byClass.state?.layout.entries ?? []
    expect(gates.map((e) => [e.name, e.shape])).toEqual([
      ['decoder/contextGate0/gates', [3, 5]],
      ['decoder/contextGate1/gates', [3, 6]],
    ])
    const table = (i: number) => {
      const { offset, size, shape } = gates[i]!
      const values = byClass.state!.initial.slice(offset, offset + size)
      return [0, 1, 2].map((c) => [...values.slice(c * shape[1]!, (c + 1) * shape[1]!)])
    }
    for (const i of [0, 1]) {
      const rows = table(i)
      rows.forEach((row) => expect(row.filter((g) => g === 0)).toHaveLength(3))
      expect(new Set(rows.map(String)).size).toBeGreaterThan(1)
    }
    expect(made.state).toBe(undefined)
    // the decoder of a class is the plain one with its silenced units cut out
    const decoded = byClass.decode(p, made.latent, { context, state })
    const [values, latent] = f64(decoded, made.latent)
    const own = (name: string) => {
      const { offset, size } = plain.layout.entries.find((e) => e.name === `decoder/${name}`)!
      return env.p.slice(offset, offset + size)
    }
    const layer = (h: readonly number[], i: number, units: number) =>
      Array.from({ length: units }, (_, j) =>
        h.reduce((a, v, k) => a + v * own(`dense${i}/weight`)[k * units + j]!, own(`dense${i}/bias`)[j]!),
      )
    for (let r = 0; r < n; r++) {
      let h: readonly number[] = [...latent!.slice(2 * r, 2 * r + 2)]
      for (const [i, units] of [5, 6].entries()) h = layer(h, i, units).map((v, j) => Math.max(0, v) * table(i)[r]![j]!)
      layer(h, 2, 4).forEach((z, j) => expect(values![4 * r + j]).toBeCloseTo(1 / (1 + Math.exp(-z)), 10))
    }
  })

  it('mixes the gates of classes by their probabilities, which give those of the class where they are certain', () => {
    const soft = input('soft', [n, 3])
    const decoded = (given: Expr) => byClass.apply(p, x, { context: given, state }).logits
    const certain = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    const [a, b] = evaluate([decoded(context), decoded(soft)], { ...env, soft: certain }, 'f32')
    expect(bits(b!)).toEqual(bits(a!))
    // one hidden layer, seen through a linear function: half and half is the mean of the two
    const shallow = vae({ ...gated, hidden: [6] })
    const q = block('q', [shallow.layout.size])
    const kept = block('kept', [shallow.state!.layout.size])
    const logits = (given: Expr) => shallow.apply(q, x, { context: given, state: kept }).logits
    const at = (given: readonly number[]) =>
      evaluate(
        [logits(soft)],
        { ...env, q: shallow.initialise(key(1)), kept: shallow.state!.initial, soft: [...given, ...given, ...given] },
        'f64',
      )[0]!
    const [first, second, both] = [at([1, 0, 0]), at([0, 1, 0]), at([0.5, 0.5, 0])]
    both.forEach((v, i) => expect(v).toBeCloseTo((first[i]! + second[i]!) / 2, 12))
    expect(first).not.toEqual(second)
  })

  it('samples the prior: the decoding of standard normals, of the classes asked for', () => {
    const latents = normal(drawKey, 'prior', [n, 2])
    const mode = { context, state }
    const [a, b] = f64(byClass.sample(p, drawKey, n, mode), byClass.decode(p, latents, mode))
    expect(a).toEqual(b)
    expect(a!.every((v) => v > 0 && v < 1)).toBe(true)
    expect(f64(plain.sample(p, drawKey, n))[0]).not.toEqual(a)
    const others = evaluate([byClass.sample(p, drawKey, n, mode)], { ...env, context: [1, 1, 2] }, 'f64')[0]!
    expect([...others.slice(4)]).toEqual([...a!.slice(4)])
    expect([...others.slice(0, 4)]).not.toEqual([...a!.slice(0, 4)])
  })

  it('compiles a step and a sample to the bits of the reference, with gates, dropout and batch statistics', () => {
    const own = vae({ ...gated, dropout: 0.25, normalisation: { kind: 'batch', statistics: 'continue' } })
    const [q, kept] = [block('p', [own.layout.size]), block('state', [own.state?.layout.size ?? 0])]
    const made = own.apply(q, x, { training: { key: drawKey }, context, state: kept })
    const loss = sum(own.losses(made, x).total)
    const all = [loss, grad(loss, q), own.sample(q, drawKey, n, { context, state: kept }), made.state!]
    const values = { ...env, p: own.initialise(key(3)), state: own.state!.initial }
    const truth = evaluate(all, values, 'f32')
    compiled(all, values).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
    expect(made.state!.shape).toEqual(kept.shape)
  })

  it('has the derivatives that differences show, through the draw', () => {
    const small = vae({ inputs: 3, hidden: [3], latents: 2, initialiser: 'glorot', activation: 'tanh' })
    const f = (...[flat, rows, words]: Expr[]) =>
      small.losses(small.apply(flat!, rows!, { training: { key: words! } }), rows!).total
    const args = [[small.layout.size], { shape: [2, 3], low: 0, high: 1 }, { shape: [2], below: 9 }]
    expect(compareGradients(f, args).faults).toEqual([])
  })

  it('refuses impossible sizes, unknown names, and passes that do not say the class', () => {
    const loose = (changes: object): VaeOptions => Object.assign({}, options, changes)
    expect(() => vae(loose({ latents: Number.NaN, gates: 3 }))).toThrow(
      'vae: latents must be a whole number from 1, got NaN; gates must be { classes, silenced, key }, got 3',
    )
    // also without a hidden layer that would have them
    expect(() => vae(loose({ hidden: [], gates: { classes: 0, silenced: 2, key: 3, silence: 1 } }))).toThrow(
      'vae: gates.classes must be a whole number from 1, got 0; gates.silenced must be a number from 0 to 1, got 2; ' +
        "gates.key must be a key, as `key(seed)` gives it, got 3; no option 'gates.silence', known: classes, silenced, key",
    )
    expect(() => byClass.apply(p, x, { state })).toThrow('contextGate: the pass must say the context of each row')
  })
})
