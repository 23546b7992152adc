import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { block, input, mul, sum } from '../../src/graph/ops.js'
import { embed, embedding } from '../../src/nn/embedding.js'
import { stack } from '../../src/nn/stack.js'
import { key } from '../../src/random/key.js'

const cases = fc
  .record({
    count: fc.integer({ min: 1, max: 6 }),
    units: fc.integer({ min: 1, max: 5 }),
    n: fc.integer({ min: 1, max: 3 }),
  })
  .chain(({ count, units, n }) =>
    fc.record({
      count: fc.constant(count),
      units: fc.constant(units),
      n: fc.constant(n),
      x: fc.array(fc.nat(count - 1), { minLength: 4 * n, maxLength: 4 * n }),
    }),
  )
const ramp = (n: number) => Array.from({ length: n }, (_, i) => ((i * 37) % 23) / 8 - 1)

describe('embedding', () => {
  it('for every table and every class, gives the row of the class, as a layer and as a gather, and the same gradients', () => {
    fc.assert(
      fc.property(cases, ({ count, units, n, x }) => {
        const net = stack([4], [embedding({ count, units })])
        const p = block('p', [count * units])
        const w = input('w', [n, 4 * units])
        const { logits } = net.apply(p, input('x', [n, 4]))
        const table = input('table', [count, units])
        const gathered = embed(table, input('i', [n, 4], 'i32'))
        expect(gathered.shape).toEqual([n, 4, units])
        const env = { p: ramp(count * units), table: ramp(count * units), x, i: x, w: ramp(n * 4 * units) }
        const [layer, own, toLayer, toTable] = evaluate(
          [
            logits,
            gathered,
            ...gradients(sum(mul(logits, w)), [p]),
            ...gradients(sum(mul(gathered, input('w', [n, 4, units]))), [table]),
          ],
          env,
          'f32',
        )
        const wanted = x.flatMap((c) => env.p.slice(c * units, (c + 1) * units))
        expect([...layer!]).toEqual(wanted)
        expect([...own!]).toEqual(wanted)
        expect([...toLayer!]).toEqual([...toTable!])
      }),
    )
  })

  it('starts as normals of variance 1, however many classes there are', () => {
    const net = stack([1], [embedding({ count: 200, units: 50 })])
    const p = net.initialise(key(1))
    const variance = p.reduce((acc, v) => acc + v * v, 0) / p.length
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / p.length))
  })

  it('gives zeros for a number that is no class', () => {
    const { logits } = stack([4], [embedding({ count: 2, units: 1 })]).apply(block('p', [2]), input('x', [1, 4]))
    expect([...evaluate([logits], { p: [5, 7], x: [-1, 0.5, 2, 1] }, 'f32')[0]!]).toEqual([0, 0, 0, 7])
  })
})
