import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input } from '../../src/graph/ops.js'
import { mlp } from '../../src/nn/mlp.js'
import { key } from '../../src/random/key.js'

const bytes = (values: Float32Array): Buffer => Buffer.from(values.buffer)

const net = mlp({ inputs: 784, hidden: [400, 400], outputs: 10, initialiser: 'pytorch' })

describe('the perceptron', () => {
  it('784-400-400-10 has the 478,410 parameters of van de Ven 2022', () => {
    expect(net.layout.size).toBe(478_410)
    expect(mlp({ inputs: 784, hidden: [400, 400], outputs: 2, initialiser: 'pytorch' }).layout.size).toBe(475_202)
  })
  it('starts within ±1/√fanIn, in weights and biases, and fills that range', () => {
    const p = net.initialise(key(3))
    for (const { name, offset, size } of net.layout.entries) {
      const bound = 1 / Math.sqrt(name.startsWith('dense0') ? 784 : 400)
      const part = p.slice(offset, offset + size)
      const [low, high] = [part.reduce((a, b) => Math.min(a, b)), part.reduce((a, b) => Math.max(a, b))]
      expect(Math.max(-low, high)).toBeLessThanOrEqual(Math.fround(bound))
      expect(high).toBeGreaterThan(0.5 * bound)
      expect(low).toBeLessThan(-0.5 * bound)
    }
    // as bytes: the matcher takes seconds for half a million numbers
    expect(bytes(net.initialise(key(3))).equals(bytes(p))).toBe(true)
    expect(bytes(net.initialise(key(4))).equals(bytes(p))).toBe(false)
  })
  it('is a chain of products, biases and ReLU', () => {
    const tiny = mlp({ inputs: 2, hidden: [2], outputs: 1, initialiser: 'glorot' })
    const logits = tiny.apply(block('p', [9]), input('x', [1, 2])).logits
    // hidden = relu([1·1 + 2·3 + 1, 1·-2 + 2·-4 + 1]) = [8, 0]; out = 8·5 + 0·6 + 7
    expect(evaluate([logits], { p: [1, -2, 3, -4, 1, 1, 5, 6, 7], x: [1, 2] }, 'f32')[0]![0]).toBe(47)
  })
  it('normalises its logits too where it is told to, by gain and shift of their own', () => {
    const shared = { inputs: 2, hidden: [3], outputs: 2, initialiser: 'glorot' } as const
    const normalisation = { kind: 'layer' } as const
    const [hidden, all] = (['hidden', 'all'] as const).map((normalised) =>
      mlp({ ...shared, normalisation, normalised }),
    )
    expect(all!.layout.size - hidden!.layout.size).toBe(2 + 2)
    expect(mlp({ ...shared, normalised: 'all' }).layout.size).toBe(mlp(shared).layout.size)
    const params = all!.initialise(key(1))
    const logits = all!.apply(block('p', [params.length]), input('x', [4, 2])).logits
    const [values = []] = evaluate([logits], { p: params, x: [1, 2, -1, 0.5, 3, 1, 0, -2] }, 'f64')
    // two numbers of mean 0 and variance 1, but for its epsilon: 1 and -1
    for (let row = 0; row < 4; row++)
      expect([values[2 * row]!, values[2 * row + 1]!].toSorted((a, b) => a - b)).toEqual([
        expect.closeTo(-1, 2),
        expect.closeTo(1, 2),
      ])
  })
  it('refuses impossible sizes', () => {
    expect(() => mlp({ inputs: 2, hidden: [0], outputs: 1, initialiser: 'glorot' })).toThrow(
      'mlp: hidden must be a list, every member a whole number from 1, got [0]',
    )
  })
})
