import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { input, sum } from '../../src/graph/ops.js'
import { drop, dropout } from '../../src/nn/dropout.js'
import { stack } from '../../src/nn/stack.js'
import { literal } from '../../src/graph/ops.js'

const key = input('key', [2], 'i32')
const rates = fc.integer({ min: 0, max: 31 }).map((k) => k / 32)

describe('dropout', () => {
  it('for every rate, each element is 0 or x divided by the share that is kept, and gradients follow the same mask', () => {
    fc.assert(
      fc.property(rates, fc.nat(), (rate, seed) => {
        const x = input('x', [4, 8])
        const y = drop(x, rate, key, 'here')
        const env = { key: [seed, 3], x: Array.from({ length: 32 }, (_, i) => 1 + i / 32) }
        const [value, slope] = evaluate([y, ...gradients(sum(y), [x])], env, 'f32')
        value!.forEach((v, i) => {
          expect([0, Math.fround(env.x[i]! / (1 - rate))]).toContain(v)
          expect(slope![i]).toBe(v === 0 ? 0 : Math.fround(1 / (1 - rate)))
        })
      }),
    )
  })

  it('drops the share it is told to, and keeps the mean', () => {
    const n = 100_000
    const ones = new Float32Array(n).fill(1)
    for (const rate of [0.1, 0.5, 0.9]) {
      const [y] = evaluate([drop(input('x', [n]), rate, key, 'here')], { key: [1, 2], x: ones }, 'f32')
      const dropped = y!.filter((v) => v === 0).length / n
      // four standard errors
      const error = 4 * Math.sqrt((rate * (1 - rate)) / n)
      expect(Math.abs(dropped - rate)).toBeLessThan(error)
      expect(Math.abs(y!.reduce((a, b) => a + b, 0) / n - 1)).toBeLessThan(error / (1 - rate))
    }
  })

  it('draws each element on its own: neighbours in a row and in a column are dropped together as often as by chance', () => {
    const [m, n] = [300, 301]
    const [y] = evaluate(
      [drop(input('x', [m, n]), 0.5, key, 'here')],
      { key: [5, 6], x: new Float32Array(m * n).fill(1) },
      'f32',
    )
    for (const apart of [1, n]) {
      let both = 0
      for (let i = 0; i + apart < m * n; i++) if (y![i] === 0 && y![i + apart] === 0) both++
      expect(Math.abs(both / (m * n - apart) - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / (m * n)))
    }
  })

  it('rate 0 is the same expression, and an evaluation passes x on', () => {
    const x = input('x', [2, 3])
    expect(drop(x, 0, key, 'here')).toBe(x)
    const layer = dropout({ rate: 0.5 })([3])
    const nothing = () => literal(0)
    expect(layer.apply(x, { own: nothing, kept: nothing }).value).toBe(x)
  })

  it('drops other units for another key, and in another layer of the same network', () => {
    const net = stack([200], [dropout({ rate: 0.5 }), dropout({ rate: 0.5 })])
    const once = stack([200], [dropout({ rate: 0.5 })])
    const x = input('x', [1, 200])
    const ones = new Float32Array(200).fill(1)
    const kept = (of: typeof net, words: readonly [number, number]) =>
      evaluate([of.apply(literal(0), x, { training: { key } }).logits], { key: words, x: ones }, 'f32')[0]!
    const left = (v: Float32Array) => v.filter((u) => u !== 0).length
    expect(kept(once, [1, 2])).toEqual(kept(once, [1, 2]))
    expect(kept(once, [1, 2])).not.toEqual(kept(once, [1, 3]))
    // a unit survives both with probability 1/4; with one mask for both it would be 1/2
    expect(Math.abs(left(kept(net, [1, 2])) - 50)).toBeLessThan(4 * Math.sqrt(200 * 0.25 * 0.75))
  })

  it('refuses to drop everything', () => {
    expect(() => drop(input('x', [3]), 1, key, 'here')).toThrow('drop: rate must be a number from 0, below 1, got 1')
  })
})
