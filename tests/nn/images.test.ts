import { describe, expect, it } from 'vitest'
import { cost } from '../../src/graph/cost.js'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input, literal } from '../../src/graph/ops.js'
import { conv2d } from '../../src/nn/conv2d.js'
import { maxPool, meanPool } from '../../src/nn/pool.js'
import { stack } from '../../src/nn/stack.js'

describe('conv2d', () => {
  it('slides its kernel over the image, from the bias on', () => {
    const net = stack([2, 3, 1], [conv2d({ filters: 1, kernel: 2, initialiser: 'he' })])
    const { logits } = net.apply(block('p', [5]), input('x', [1, 6]))
    // windows [1 2; 4 5] and [2 3; 5 6] times [1 10; 100 1000], plus 0.5
    const [y] = evaluate([logits], { p: [1, 10, 100, 1000, 0.5], x: [1, 2, 3, 4, 5, 6] }, 'f32')
    expect([...y!]).toEqual([5421.5, 6532.5])
  })
  it('has the sizes that stride and pad give, and counts every product of every window', () => {
    const net = stack([7, 5, 2], [conv2d({ filters: 3, kernel: 3, stride: 2, pad: 1, initialiser: 'he' })])
    expect(net.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['conv0/weight', [3, 3, 2, 3]],
      ['conv0/bias', [3]],
    ])
    expect(net.outputs).toBe(4 * 3 * 3)
    const { logits } = net.apply(block('p', [net.layout.size]), input('x', [2, 70]))
    expect(cost([logits]).macs).toBe(2 * 4 * 3 * 9 * 2 * 3)
  })
})

describe('pooling layers', () => {
  const x = [1, 8, 5, 3, 2, 0, 9, 9, 9]
  it('take the largest or the mean of each window, and leave out what fills none', () => {
    const of = (layer: typeof maxPool) => {
      const net = stack([3, 3, 1], [layer(2)])
      return [...evaluate([net.apply(literal(0), input('x', [1, 9])).logits], { x }, 'f32')[0]!]
    }
    expect(of(maxPool)).toEqual([8])
    expect(of(meanPool)).toEqual([3.5])
  })
  it('of windows of 1 are the identity', () => {
    for (const layer of [maxPool, meanPool]) {
      const net = stack([3, 3, 1], [layer(1)])
      expect([...evaluate([net.apply(literal(0), input('x', [1, 9])).logits], { x }, 'f32')[0]!]).toEqual(x)
    }
  })
})
