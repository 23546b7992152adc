import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { parseDigits } from '../../src/data/digits.js'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { block, div, input, mean, mul, rows, sub } from '../../src/graph/ops.js'
import { cnn } from '../../src/nn/cnn.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { integers } from '../../src/random/draw.js'
import { folded, key } from '../../src/random/key.js'

const mnist = cnn({
  height: 28,
  width: 28,
  channels: 1,
  filters: [16, 32],
  kernel: 3,
  outputs: 10,
  initialiser: 'pytorch',
})

describe('the convolutional network', () => {
  it('has the layers, parameters and products of conv3-16, pool, conv3-32, pool, dense', () => {
    expect(mnist.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['conv0/weight', [3, 3, 1, 16]],
      ['conv0/bias', [16]],
      ['conv1/weight', [3, 3, 16, 32]],
      ['conv1/bias', [32]],
      ['dense0/weight', [1568, 10]],
      ['dense0/bias', [10]],
    ])
    expect(mnist.layout.size).toBe(144 + 16 + 4608 + 32 + 15_680 + 10)
    const { logits } = mnist.apply(block('p', [mnist.layout.size]), input('x', [2, 784]))
    expect(cost([logits]).macs).toBe(2 * (28 * 28 * 9 * 16 + 14 * 14 * 9 * 16 * 32 + 1568 * 10))
  })

  it('gives logits and flat features for every size that survives its poolings', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({ min: 4, max: 9 }),
          width: fc.integer({ min: 4, max: 9 }),
          channels: fc.integer({ min: 1, max: 3 }),
          filters: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }),
          kernel: fc.constantFrom(1, 3, 5),
          outputs: fc.integer({ min: 1, max: 4 }),
        }),
        (o) => {
          const net = cnn({ ...o, initialiser: 'glorot' })
          const { logits, features } = net.apply(block('p', [net.layout.size]), input('x', [3, net.inputs]))
          const halved = (n: number) => Math.floor(n / 2 ** o.filters.length)
          expect(net.inputs).toBe(o.height * o.width * o.channels)
          expect(logits.shape).toEqual([3, o.outputs])
          expect(features.shape).toEqual([3, halved(o.height) * halved(o.width) * (o.filters.at(-1) ?? o.channels)])
        },
      ),
    )
  })

  it('finds a bright stroke where the kernel says so', () => {
    const net = cnn({ height: 2, width: 2, channels: 1, filters: [1], kernel: 1, outputs: 1, initialiser: 'glorot' })
    // relu(2 x + 1), the largest of four, then 3 h + 4.
    const { logits } = net.apply(block('p', [4]), input('x', [1, 4]))
    expect([...evaluate([logits], { p: [2, 1, 3, 4], x: [-5, 1, 7, 2] }, 'f32')[0]!]).toEqual([49])
  })

  it('starts within ±1/√fanIn, the fan-in of a convolution being kernel² · channels', () => {
    const p = mnist.initialise(key(3))
    const fanIn: Record<string, number> = { conv0: 9, conv1: 144, dense0: 1568 }
    for (const { name, offset, size } of mnist.layout.entries) {
      const bound = 1 / Math.sqrt(fanIn[name.split('/')[0] ?? ''] ?? 0)
      const largest = p.slice(offset, offset + size).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
      expect(largest).toBeLessThanOrEqual(Math.fround(bound))
      expect(largest).toBeGreaterThan(0.5 * bound)
    }
    expect(mnist.initialise(key(3))).toEqual(p)
    expect(mnist.initialise(key(4))).not.toEqual(p)
  })

  it('refuses impossible sizes', () => {
    const options = {
      height: 8,
      width: 8,
      channels: 1,
      filters: [4],
      kernel: 3,
      outputs: 2,
      initialiser: 'glorot',
    } as const
    expect(() => cnn({ ...options, filters: [0] })).toThrow(
      'cnn: filters must be a list, every member a whole number from 1, got [0]',
    )
    expect(() => cnn({ ...options, kernel: 4 })).toThrow('kernel must be an odd whole number')
    expect(() => cnn({ ...options, filters: [1, 1, 1, 1] })).toThrow('8 x 8 cannot be halved 4 times')
    const net = cnn(options)
    expect(() => net.apply(block('p', [net.layout.size]), input('x', [1, 63]))).toThrow(
      'rows of 64 inputs, got [1, 63]',
    )
  })

  it('learns to read digits', () => {
    const parsed = parseDigits(new Uint8Array(readFileSync(new URL('../../data/digits.bin', import.meta.url))), 'test')
    if (E.isLeft(parsed)) throw new Error('no digits')
    const { train, test, width, height, scale } = parsed.right
    const net = cnn({ height, width, channels: 1, filters: [8], kernel: 3, outputs: 10, initialiser: 'pytorch' })
    const store = createStore()
    store.block('p', [net.layout.size])
    store.write('p', net.initialise(key(1)))
    store.block('train', [train.size, net.inputs], 'u8')
    store.write('train', train.pixels)
    const p = block('p', [net.layout.size])
    const picked = rows(block('train', [train.size, net.inputs], 'u8'), input('slots', [32], 'i32'))
    const loss = mean(crossEntropy(net.apply(p, div(picked, scale)).logits, input('labels', [32], 'i32')))
    const step = compile({ updates: { p: sub(p, mul(0.3, grad(loss, p))) }, outputs: { loss } }, store)
    for (let i = 0; i < 1200; i++) {
      const slots = integers(folded(key(2), i), 32, train.size)
      step.run({ slots, labels: slots.map((slot) => train.labels[slot]!) })
    }
    const all = net.apply(p, input('x', [test.size, net.inputs])).logits
    const reader = compile({ updates: {}, outputs: { all } }, store)
    reader.run({ x: Float32Array.from(test.pixels, (v) => v / scale) })
    const logits = reader.output('all')
    const right = test.labels.filter((label, i) => {
      const own = logits.slice(10 * i, 10 * i + 10)
      return own.indexOf(Math.max(...own)) === label
    })
    expect(right.length / test.size).toBeGreaterThan(0.94)
  })
})
