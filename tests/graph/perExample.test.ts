import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { grad } from '../../src/graph/grad.js'
import { add, block, broadcast, dot, exp, input, mul, neg, relu, slice, sum } from '../../src/graph/ops.js'
import { perExampleAbsolutes, perExampleSquares } from '../../src/graph/perExample.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { mlp } from '../../src/nn/mlp.js'
import { uniforms } from '../../src/random/draw.js'
import { key } from '../../src/random/key.js'

const draws = (seed: number, n: number): Float64Array => Float64Array.from(uniforms(key(seed), n), (u) => 2 * u - 1)

/** What is summed over examples, and its batched rule. */
const sums = [
  ['squared', perExampleSquares, (g: number) => g * g],
  ['absolute', perExampleAbsolutes, Math.abs],
] as const

describe.each(sums)('per-example %s gradients', (_, batched, magnitude) => {
  it('equal their sum in a loop with batch size 1, for every small network', () => {
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 2, max: 4 }),
        (seed, n, inputs, classes) => {
          const net = mlp({ inputs, hidden: [3], outputs: classes, initialiser: 'glorot' })
          const [p, x, y, w] = [
            block('p', [net.layout.size]),
            input('x', [n, inputs]),
            input('y', [n], 'i32'),
            input('w', [n]),
          ]
          const env = {
            p: draws(seed, net.layout.size),
            x: draws(seed + 1, n * inputs),
            y: draws(seed + 2, n).map((u) => Math.floor(((u + 1) / 2) * classes)),
            w: draws(seed + 3, n).map(Math.abs),
          }
          const found = evaluate(
            [batched([{ loss: crossEntropy(net.apply(p, x).logits, y), weight: w }], p)],
            env,
            'f64',
          )[0]!
          const one = grad(sum(crossEntropy(net.apply(p, input('x', [1, inputs])).logits, input('y', [1], 'i32'))), p)
          const loop = new Float64Array(net.layout.size)
          for (let i = 0; i < n; i++) {
            const g = evaluate(
              [one],
              { p: env.p, x: env.x.slice(i * inputs, (i + 1) * inputs), y: [env.y[i]!] },
              'f64',
            )[0]!
            g.forEach((v, k) => {
              loop[k] = loop[k]! + env.w[i]! * magnitude(v)
            })
          }
          found.forEach((s, k) => expect(Math.abs(s - loop[k]!)).toBeLessThan(1e-12 + 1e-9 * Math.abs(s)))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('name the function that was called where they are not defined', () => {
    const p = block('p', [2, 2])
    const mixed = dot(input('m', [3, 3]), dot(input('x', [3, 2]), p))
    expect(() => batched([{ loss: sum(mixed, 1), weight: input('w', [3]) }], p)).toThrow(`${batched.name}: 'dot' mixes`)
  })
})

describe('per-example squared gradients', () => {
  it('add over terms: the exact Fisher diagonal is the expectation over labels', () => {
    const net = mlp({ inputs: 3, hidden: [4], outputs: 3, initialiser: 'glorot' })
    const n = 5
    const [p, x] = [block('p', [net.layout.size]), input('x', [n, 3])]
    const env = { p: draws(1, net.layout.size), x: draws(2, n * 3) }
    const z = net.apply(p, x).logits
    const losses = [0, 1, 2].map((k) => crossEntropy(z, input(`y${k}`, [n], 'i32')))
    const labels = Object.fromEntries([0, 1, 2].map((k) => [`y${k}`, new Float64Array(n).fill(k)]))
    const terms = losses.map((loss) => ({ loss, weight: exp(neg(loss)) }))
    const [together, ...apart] = evaluate(
      [perExampleSquares(terms, p), ...terms.map((t) => perExampleSquares([t], p))],
      { ...env, ...labels },
      'f64',
    )
    together!.forEach((s, k) =>
      expect(s).toBeCloseTo(
        apart.reduce((acc, part) => acc + part[k]!, 0),
        12,
      ),
    )
  })

  it('add up over terms that see different rows', () => {
    const [p, w] = [block('p', [4]), input('w', [2])]
    const term = (x: string) => ({ loss: sum(dot(input(x, [2, 2]), slice(p, 0, [2, 2])), 1), weight: w })
    const env = { p: [1, 2, 3, 4], w: [1, 1], x: [1, 2, 3, 4], y: [5, 6, 7, 8] }
    const [both, ...each] = evaluate(
      [
        perExampleSquares([term('x'), term('y')], p),
        perExampleSquares([term('x')], p),
        perExampleSquares([term('y')], p),
      ],
      env,
      'f64',
    )
    expect([...both!]).toEqual([...each[0]!].map((v, i) => v + each[1]![i]!))
  })

  it('refuse losses that mix examples and parameters that are used twice', () => {
    const p = block('p', [4])
    const x = input('x', [3, 2])
    const w = input('w', [3])
    const z = dot(x, slice(p, 0, [2, 2]))
    expect(() => perExampleSquares([{ loss: sum(mul(z, sum(z)), 1), weight: w }], p)).toThrow('mixes examples')
    expect(() => perExampleSquares([{ loss: sum(dot(input('m', [3, 3]), z), 1), weight: w }], p)).toThrow(
      'mixes examples',
    )
    const square = dot(input('s', [2, 2]), slice(p, 0, [2, 2]))
    const spread = add(square, broadcast(sum(square, 1), [2, 2]))
    expect(() => perExampleSquares([{ loss: sum(spread, 1), weight: input('v', [2]) }], p)).toThrow('mixes examples')
    // One value for each example as the row that every example starts from.
    const shared = dot(input('x2', [3, 4]), input('m', [4, 3]), { init: sum(z, 1) })
    expect(() => perExampleSquares([{ loss: sum(shared, 1), weight: w }], p)).toThrow("'dot' mixes examples")
    expect(() => perExampleSquares([{ loss: sum(dot(relu(z), slice(p, 0, [2, 2])), 1), weight: w }], p)).toThrow(
      'a second time',
    )
  })
})
