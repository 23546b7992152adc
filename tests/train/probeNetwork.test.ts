import { describe, expect, it } from 'vitest'
import { mlp } from '../../src/nn/mlp.js'
import { multiHead } from '../../src/nn/classifier.js'
import { activation } from '../../src/nn/activation.js'
import { dense } from '../../src/nn/dense.js'
import { binaryCrossEntropy } from '../../src/nn/losses/binaryCrossEntropy.js'
import { vae } from '../../src/nn/vae.js'
import { activationStatistics, gradientNorms } from '../../src/nn/probe.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'
import type { AnyStrategy } from '../../src/strategy/anyStrategy.js'
import { probeNetwork } from '../../src/train/probeNetwork.js'
import { learnedIn, tinyRun } from '../support/tiny.js'

const tiny = mlp({ inputs: 2, hidden: [3], outputs: 2, initialiser: 'glorot' })
// hidden = relu([x0, −1 − x0², …]): the second unit is dead for all rows, the third always 2
const params = [1, 0, 0, 0, 0, 0, 0, -1, 2, 1, 0, 0, 0, 0, 1, 0, 0]
const x = [1, 0, 3, 0]

describe('probeNetwork', () => {
  it('reads layers and gradients as numbers', () => {
    const { layers, gradients } = probeNetwork({ network: tiny, params, x, labels: [0, 0] })
    expect(layers).toHaveLength(1)
    expect(layers[0]).toMatchObject({ name: 'dense0', mean: Math.fround(8 / 6) })
    expect(layers[0]!.dead).toBeCloseTo(1 / 3, 6)
    expect(layers[0]!.zeros).toBeCloseTo(1 / 3, 6)
    // logits [h0, h2]: softmax minus one-hot, averaged over both rows
    const share = (z: readonly [number, number]): number => 1 / (1 + Math.exp(z[0] - z[1]))
    const [a, b] = [share([1, 2]), share([3, 2])]
    const slopes = [(-a - b) / 2, (a + b) / 2]
    const weights = [-a * 1 - b * 3, a * 1 + b * 3, 0, 0, -2 * a - 2 * b, 2 * a + 2 * b].map((v) => v / 2)
    const top = Math.hypot(...weights, ...slopes)
    expect(gradients.map((g) => g.name)).toEqual(['dense0', 'dense1'])
    expect(gradients[1]!.norm).toBeCloseTo(top, 5)
  })

  it('probes a network that does not read what it is given: one without hidden layers, labels or contexts', () => {
    const linear = mlp({ inputs: 2, hidden: [], outputs: 2, initialiser: 'glorot' })
    const own = { network: linear, params: linear.initialise(key(1)), x }
    expect(probeNetwork(own)).toEqual({ layers: [], gradients: [] })
    expect(probeNetwork({ ...own, labels: [0, 1], context: [0, 0] })).toEqual(probeNetwork({ ...own, labels: [0, 1] }))
  })

  it('refuses labels that are no outputs', () => {
    for (const wrong of [2, -1, 0.5, Number.NaN])
      expect(() => probeNetwork({ network: tiny, params, x, labels: [0, wrong] })).toThrow(
        `probeNetwork: labels must be whole numbers from 0, below 2, got ${wrong}`,
      )
  })

  it('leaves rows of weight 0 out of both', () => {
    const whole = probeNetwork({ network: tiny, params, x: [...x, 50, 60], labels: [0, 0, 1], weights: [1, 1, 0] })
    expect(whole).toEqual(probeNetwork({ network: tiny, params, x, labels: [0, 0] }))
  })

  it('probes any network: by contexts, with a state, with losses of its own', () => {
    const layers = [dense({ units: 4, initialiser: 'he' }), activation('relu')]
    const heads = multiHead({ shape: [2], layers, contexts: 2, outputs: 2, initialiser: 'he' })
    const probed = probeNetwork({
      network: heads,
      params: heads.initialise(key(1)),
      x,
      labels: [0, 1],
      context: [1, 0],
    })
    expect(probed.gradients.map((g) => g.name)).toEqual(['dense0', 'heads0'])
    const model = vae({
      inputs: 4,
      hidden: [5],
      latents: 2,
      initialiser: 'he',
      gates: { classes: 2, silenced: 0.4, key: key(1) },
    })
    const made = probeNetwork({
      network: model,
      params: model.initialise(key(2)),
      x: uniforms(key(3), 40),
      context: Array.from({ length: 10 }, (_, i) => i % 2),
      losses: ({ logits }, rows) => binaryCrossEntropy(logits, rows, 'mean'),
    })
    expect(made.layers.map((l) => l.name)).toEqual(['encoder/dense0', 'decoder/dense0'])
    expect(made.gradients).toHaveLength(4)
    expect(made.gradients.every((g) => g.norm > 0)).toBe(true)
    expect(probeNetwork({ network: tiny, params, x }).gradients).toEqual([])
  })

  it('refuses numbers that do not fit', () => {
    expect(() => probeNetwork({ network: tiny, params, x: [1, 2, 3] })).toThrow(
      'x must hold rows of 2 inputs, got 3 numbers',
    )
    expect(() => probeNetwork({ network: tiny, params: [1], x })).toThrow('params must be 17 numbers, got 1')
    expect(() => probeNetwork({ network: tiny, params, x, labels: [1] })).toThrow(
      'labels must be one number for each of 2 rows, got 1',
    )
  })

  it('has probes that a strategy can emit at every step, which change no bit of what is learned', () => {
    const seen: Readonly<Record<string, Float32Array | undefined>>[] = []
    const watch: AnyStrategy = {
      name: 'watch',
      rights: {},
      commit: ({ output, batch, dims, gradient }) => {
        const [first] = output === undefined ? [] : activationStatistics(output, batch?.weights)
        const [norm] = gradient === undefined ? [] : gradientNorms(dims.layout, gradient)
        if (first === undefined || norm === undefined) throw new Error('a step without a batch')
        return { emits: { dead: first.dead, sparsity: first.sparsity, norm: norm.norm } }
      },
      observe: (host, { emits }) => {
        seen.push({ ...emits })
        return host
      },
    }
    expect(learnedIn(tinyRun([watch]))).toEqual(learnedIn(tinyRun([])))
    expect(seen.length).toBeGreaterThanOrEqual(75)
    expect(seen.every(({ norm: [norm = 0] = [], dead: [dead = -1] = [] }) => norm > 0 && dead >= 0 && dead < 1)).toBe(
      true,
    )
  })
})
