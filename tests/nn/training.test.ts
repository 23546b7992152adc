import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { parseDigits } from '../../src/data/digits.js'
import { grad } from '../../src/graph/grad.js'
import { block, div, input, mul, rows, sub } from '../../src/graph/ops.js'
import { activation } from '../../src/nn/activation.js'
import { batchNormalisation } from '../../src/nn/batchNorm.js'
import { conv2d } from '../../src/nn/conv2d.js'
import { dense } from '../../src/nn/dense.js'
import { dropout } from '../../src/nn/dropout.js'
import { crossEntropy, weightedMean } from '../../src/nn/loss.js'
import { maxPool } from '../../src/nn/pool.js'
import { stack } from '../../src/nn/stack.js'
import { integers } from '../../src/random/draw.js'
import { folded, key } from '../../src/random/key.js'

describe('a network with batch normalisation and dropout', () => {
  it('learns to read digits, and is evaluated with its running statistics', () => {
    const parsed = parseDigits(new Uint8Array(readFileSync(new URL('../../data/digits.bin', import.meta.url))), 'test')
    if (E.isLeft(parsed)) throw new Error('no digits')
    const { train, test, width, height, scale } = parsed.right
    const net = stack(
      [height, width, 1],
      [
        conv2d({ filters: 8, kernel: 3, pad: 1, initialiser: 'he' }),
        batchNormalisation({ statistics: 'continue' }),
        activation('gelu'),
        maxPool(2),
        dropout({ rate: 0.2 }),
        dense({ units: 32, initialiser: 'orthogonal' }),
        batchNormalisation({ statistics: 'continue' }),
        activation('relu'),
        dropout({ rate: 0.2 }),
        dense({ units: 10, initialiser: 'lecun' }),
      ],
    )
    const store = createStore()
    for (const [name, values] of [
      ['p', net.initialise(key(1))],
      ['state', net.state!.initial],
    ] as const) {
      store.block(name, [values.length])
      store.write(name, values)
    }
    store.block('train', [train.size, net.inputs], 'u8')
    store.write('train', train.pixels)
    const [p, state] = [block('p', [net.layout.size]), block('state', [net.state!.layout.size])]
    const weights = input('weights', [32])
    const x = div(rows(block('train', [train.size, net.inputs], 'u8'), input('slots', [32], 'i32')), scale)
    const output = net.apply(p, x, { state, training: { key: input('key', [2], 'i32'), weights } })
    const loss = weightedMean(crossEntropy(output.logits, input('labels', [32], 'i32')), weights)
    const step = compile(
      { updates: { p: sub(p, mul(0.1, grad(loss, p))), state: output.state! }, outputs: { loss } },
      store,
    )
    for (let i = 0; i < 1500; i++) {
      const slots = integers(folded(key(2), i), 32, train.size)
      // batches of 30: two rows fill up
      const ones = Float32Array.from({ length: 32 }, (_, row) => (row < 30 ? 1 : 0))
      step.run({ slots, labels: slots.map((slot) => train.labels[slot]!), key: [i, 3], weights: ones })
    }
    const all = net.apply(p, input('x', [test.size, net.inputs]), { state }).logits
    const reader = compile({ updates: {}, outputs: { all } }, store)
    reader.run({ x: Float32Array.from(test.pixels, (v) => v / scale) })
    const logits = reader.output('all')
    const right = test.labels.filter((label, i) => {
      const own = logits.slice(10 * i, 10 * i + 10)
      return own.indexOf(Math.max(...own)) === label
    })
    expect(right.length / test.size).toBeGreaterThan(0.94)
    // the statistics moved from 0 and 1, or the evaluation would have shown nothing
    expect(store.read('state')).not.toEqual(net.state!.initial)
  })
})
