import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import type { Expr } from '../../src/graph/expr.js'
import { grad, gradients } from '../../src/graph/grad.js'
import { block, input, mul, rows, sum } from '../../src/graph/ops.js'
import { activation } from '../../src/nn/activation.js'
import { multiHead, singleHead } from '../../src/nn/classifier.js'
import { classTable } from '../../src/nn/contextMask.js'
import { dense } from '../../src/nn/dense.js'
import { heads } from '../../src/nn/heads.js'
import { crossEntropy } from '../../src/nn/loss.js'
import { recurrentClassifier } from '../../src/nn/recurrentClassifier.js'
import { stack } from '../../src/nn/stack.js'
import { integers, uniforms } from '../../src/random/draw.js'
import { key, named } from '../../src/random/key.js'
import { compareGradients } from '../../src/testing/compareGradients.js'
import { bits, compiled } from '../support/compiled.js'

const [contexts, outputs, n] = [3, 2, 7]
const shared = {
  shape: [4],
  layers: [dense({ units: 5, initialiser: 'glorot' }), activation('relu')],
  initialiser: 'glorot',
} as const
const multi = multiHead({ ...shared, contexts, outputs })
const single = singleHead({ ...shared, outputs: contexts * outputs })
const draws = (seed: number, size: number): Float32Array =>
  Float32Array.from(uniforms(named(key(seed), 'rows'), size), (u) => (Math.floor(u * 4096) - 2048) / 1024)
const batch = (seed: number) => ({
  p: Float32Array.from(multi.initialise(key(seed)), (v, i) => v + (draws(seed, multi.layout.size)[i] ?? 0) / 4),
  x: draws(seed, n * 4),
  context: integers(named(key(seed), 'context'), n, contexts),
  local: integers(named(key(seed), 'label'), n, outputs),
})
const [p, x] = [block('p', [multi.layout.size]), input('x', [n, 4])]
const [context, local, label] = (['context', 'local', 'label'] as const).map((name) => input(name, [n], 'i32'))

describe('multi-head and single-head classifiers', () => {
  it('have one head per context and one for all, of the same size', () => {
    expect(multi.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['dense0/weight', [4, 5]],
      ['dense0/bias', [5]],
      ['heads0/weight', [5, 6]],
      ['heads0/bias', [6]],
    ])
    expect([multi.outputs, single.outputs]).toEqual([2, 6])
    expect(single.layout.entries.map((e) => e.shape)).toEqual(multi.layout.entries.map((e) => e.shape))
  })

  it('learn the same when the single head is told the active classes: the same losses and gradients', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const b = batch(seed)
        const own = crossEntropy(multi.apply(p, x, { context: context! }).logits, local!)
        const table = input('table', [contexts, contexts * outputs])
        const whole = crossEntropy(single.apply(p, x).logits, label!, rows(table, context!))
        const classes = [0, 1, 2].map((c) => [2 * c, 2 * c + 1])
        const env = {
          ...b,
          table: classTable(classes, 6),
          label: b.local.map((v, i) => b.context[i]! * outputs + v),
        }
        const [a, c, da, dc] = evaluate([own, whole, grad(sum(own), p), grad(sum(whole), p)], env, 'f64')
        a!.forEach((v, i) => expect(c![i]).toBeCloseTo(v, 12))
        da!.forEach((v, i) => expect(dc![i]).toBeCloseTo(v, 12))
      }),
      { numRuns: 25 },
    )
  })

  it('move no other head than that of the row, to the bit', () => {
    const { logits } = multi.apply(p, x, { context: context! })
    const g = evaluate(
      [grad(sum(mul(logits, logits)), p)],
      { ...batch(1), context: new Int32Array(n).fill(1) },
      'f32',
    )[0]!
    const { offset = 0 } = multi.layout.entries[2] ?? {}
    const columns = Array.from({ length: 6 }, (_, c) => [0, 1, 2, 3, 4, 5].some((row) => g[offset + 6 * row + c] !== 0))
    expect(columns).toEqual([false, false, true, true, false, false])
  })

  it('give the row the columns of its context, and NaN where there is no such context', () => {
    const { p: values, x: rowsOf } = batch(2)
    const six = evaluate([single.apply(p, x).logits], { p: values, x: rowsOf }, 'f32')[0]!
    const told = [0, 1, 2, 2, 1, -1, 3]
    const two = evaluate(
      [multi.apply(p, x, { context: context! }).logits],
      { p: values, x: rowsOf, context: told },
      'f32',
    )[0]!
    told.forEach((c, row) => {
      const own = [0, 1].map((u) => (c < 0 || c > 2 ? Number.NaN : six[6 * row + 2 * c + u]))
      expect([...two.slice(2 * row, 2 * row + 2)]).toEqual(own)
    })
  })

  it('draw each head as a dense layer of its own, the same whatever comes after', () => {
    const four = multiHead({ ...shared, contexts: 4, outputs })
    const [a, b] = [multi, four].map((net) => {
      const { offset = 0, shape } = net.layout.entries[2] ?? { shape: [] }
      const values = net.initialise(key(5)).slice(offset)
      return Array.from({ length: 5 }, (_, row) => [...values.slice(row * shape[1]!, row * shape[1]! + 6)])
    })
    expect(b).toEqual(a)
    const bound = Math.sqrt(6 / (5 + 2))
    const largest = Math.max(...a!.flat().map(Math.abs))
    expect(largest).toBeLessThanOrEqual(Math.fround(bound))
    expect(largest).toBeGreaterThan(0.8 * bound)
  })

  it('compile with their gradient to the bits of the reference', () => {
    const own = crossEntropy(multi.apply(p, x, { context: context! }).logits, local!)
    const all = [own, grad(sum(own), p)]
    const env = batch(3)
    const truth = evaluate(all, env, 'f32')
    compiled(all, env).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
  })

  it('have the derivatives that differences show', () => {
    const net = stack([2], [heads({ contexts: 2, units: 2, initialiser: 'glorot' })])
    const f = (...[flat, examples, of]: Expr[]) => net.apply(flat!, examples!, { context: of! }).logits
    expect(compareGradients(f, [[net.layout.size], [3, 2], { shape: [3], below: 2 }]).faults).toEqual([])
  })

  it('say what they miss: the contexts of the rows, sizes, names', () => {
    expect(() => multi.apply(p, x)).toThrow('heads: the pass must say the context of each row')
    expect(() => multiHead({ ...shared, contexts: 0, outputs: 1.5 })).toThrow(
      'multiHead: contexts must be a whole number from 1, got 0; outputs must be a whole number from 1, got 1.5',
    )
  })
})

describe('the recurrent classifier', () => {
  const net = recurrentClassifier({ steps: 3, inputs: 2, outputs: 4, cell: 'elman', units: 5, initialiser: 'pytorch' })

  it('is a recurrent layer and a dense one on its last state', () => {
    expect([net.inputs, net.outputs]).toEqual([6, 4])
    expect(net.layout.entries.map((e) => [e.name, e.shape])).toEqual([
      ['elman0/weight', [2, 5]],
      ['elman0/bias', [5]],
      ['elman0/recurrent', [5, 5]],
      ['dense0/weight', [5, 4]],
      ['dense0/bias', [4]],
    ])
  })

  it('compiles a step, truncated or not, to the bits of the reference', () => {
    for (const truncate of [undefined, 2]) {
      const options = { steps: 3, inputs: 2, outputs: 4, cell: 'gru', units: 5, initialiser: 'pytorch' } as const
      const made = recurrentClassifier({ ...options, ...(truncate === undefined ? {} : { truncate }) })
      const [q, rowsOf] = [block('p', [made.layout.size]), input('x', [n, 6])]
      const loss = sum(crossEntropy(made.apply(q, rowsOf).logits, label!))
      const all = [loss, ...gradients(loss, [q, rowsOf])]
      const env = { p: made.initialise(key(1)), x: draws(1, n * 6), label: integers(key(2), n, 4) }
      const truth = evaluate(all, env, 'f32')
      compiled(all, env).forEach((v, i) => expect(bits(v)).toEqual(bits(truth[i]!)))
    }
  })

  it('refuses impossible sizes', () => {
    const options = { steps: 3, inputs: 2, outputs: 4, cell: 'elman', units: 5, initialiser: 'pytorch' } as const
    expect(() => recurrentClassifier({ ...options, steps: 0 })).toThrow('steps must be a whole number from 1, got 0')
    expect(() => recurrentClassifier({ ...options, outputs: Number.NaN, units: 0 })).toThrow(
      'recurrentClassifier: outputs must be a whole number from 1, got NaN; units must be a whole number from 1, got 0',
    )
  })
})
