import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { block, input } from '../../src/graph/ops.js'
import { sizeOf } from '../../src/graph/shape.js'
import { topological } from '../../src/graph/topological.js'
import { datasets } from '../../src/testing/arbitraries/datasets.js'
import { graphs } from '../../src/testing/arbitraries/graphs.js'
import { networks } from '../../src/testing/arbitraries/networks.js'
import { shapes } from '../../src/testing/arbitraries/shapes.js'
import { tensors } from '../../src/testing/arbitraries/tensors.js'
import type { Call } from '../../src/testing/asFunction.js'

/** The smallest value of an arbitrary that has a property, as fast-check shrinks to it. */
const smallest = <T>(arbitrary: fc.Arbitrary<T>, has: (x: T) => boolean): T => {
  const { counterexample } = fc.check(
    fc.property(arbitrary, (x) => !has(x)),
    { seed: 1, numRuns: 500 },
  )
  expect(counterexample).not.toBeNull()
  return counterexample![0]
}

/** Nodes of the graph that a call builds. */
const nodesOf = ({ f, args }: Call) => {
  const made = f(
    ...args.map((arg, i) => input(`x${i}`, arg.shape, arg.below === undefined ? 'f32' : (arg.dtype ?? 'i32'))),
  )
  return topological(Object.values(made))
}

describe('random shapes', () => {
  it('make leaves, for every one', () => {
    fc.assert(
      fc.property(shapes(), (shape) => {
        expect(block('x', shape).shape).toEqual(shape)
      }),
    )
  })
  it('shrink to the fewest and shortest axes', () => {
    expect(smallest(shapes(), (shape) => shape.length >= 2)).toEqual([1, 1])
    expect(smallest(shapes(), (shape) => sizeOf(shape) >= 4)).toEqual([4])
  })
})

describe('random tensors', () => {
  it('lie on the odd grid: no zero, no denormal number, nothing within 1/2048 of a multiple of 1/1024, for every one', () => {
    fc.assert(
      fc.property(
        shapes({ maxAxes: 3 }).chain((shape) => tensors(shape)),
        ({ shape, values }) => {
          expect(values).toHaveLength(sizeOf(shape))
          for (const x of values) {
            expect(Math.abs((x * 2048) % 2)).toBe(1)
            expect(Math.abs(x)).toBeLessThan(2)
          }
        },
      ),
    )
  })
  it('keep to the range that was asked for', () => {
    fc.assert(
      fc.property(tensors([5], { low: 900, high: 1000 }), ({ values }) => {
        for (const x of values) expect(x > 900 && x < 1000).toBe(true)
      }),
    )
  })
  it('shrink to the smallest numbers of the grid', () => {
    expect([...smallest(tensors([3]), ({ values }) => values[1]! > 0.25).values]).toEqual([
      1 / 2048,
      0.25 + 1 / 2048,
      1 / 2048,
    ])
  })
})

describe('random graphs', () => {
  it('have finite outputs of moderate size, for every one', () => {
    fc.assert(
      fc.property(graphs(), ({ f, args }) => {
        const leaves = args.map((arg, i) =>
          input(`x${i}`, arg.shape, arg.below === undefined ? 'f32' : (arg.dtype ?? 'i32')),
        )
        const env = Object.fromEntries(args.map((arg, i) => [`x${i}`, arg.values ?? []]))
        for (const values of evaluate(Object.values(f(...leaves)), env, 'f64'))
          for (const v of values) expect(Math.abs(v)).toBeLessThan(1e4)
      }),
      { numRuns: 60 },
    )
  })
  it('shrink to few nodes over short axes', () => {
    const has = (call: Call) => nodesOf(call).some((e) => e.op.name === 'scan')
    const call = smallest(graphs(), has)
    const found = fc.sample(graphs(), { seed: 1, numRuns: 500 }).filter(has)
    const size = (c: Call) => nodesOf(c).reduce((n, e) => n + sizeOf(e.shape), 0)
    const middle = found.map(size).sort((p, q) => p - q)[Math.floor(found.length / 2)]
    expect(size(call)).toBeLessThan(middle! / 1.5)
  })
})

describe('random networks', () => {
  it('take their own parameters and rows, for every one', () => {
    fc.assert(
      fc.property(networks(), ({ network, params, x, labels }) => {
        const { logits } = network.apply(input('p', params.shape), input('x', x.shape))
        const [made] = evaluate([logits], { p: params.values, x: x.values }, 'f32')
        expect(logits.shape).toEqual([labels.length, network.outputs])
        expect(made!.every(Number.isFinite)).toBe(true)
        expect(labels.every((y) => y >= 0 && y < network.outputs)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
  it('shrink to one unit and no hidden layer', () => {
    const { description } = smallest(networks(), (t) => t.description.startsWith('mlp') && t.network.outputs >= 2)
    expect(description).toBe('mlp 1-2')
  })
})

describe('random data sets', () => {
  it('hold rows that their stream promises, and a bright pixel in each, for every one', () => {
    fc.assert(
      fc.property(datasets(), ({ contexts, experiences, inputs, outputs, scale }) => {
        expect(experiences).toHaveLength(contexts.length)
        experiences.forEach(({ load, size, context }, i) => {
          for (const rows of [load(), contexts[i]!.test()]) {
            expect(rows.pixels).toHaveLength(rows.size * inputs)
            expect(rows.labels.every((y) => contexts[context]!.active.includes(y) && y < outputs)).toBe(true)
            for (let r = 0; r < rows.size; r++)
              expect(rows.pixels.subarray(r * inputs, (r + 1) * inputs).filter((p) => p === scale)).toHaveLength(1)
          }
          expect(load().size).toBe(size)
        })
      }),
    )
  })
  it('are the same rows at each load', () => {
    fc.assert(
      fc.property(datasets(), ({ experiences }) => {
        for (const { load } of experiences) expect(load()).toEqual(load())
      }),
      { numRuns: 30 },
    )
  })
  it('shrink to one context of few rows', () => {
    const { contexts, experiences } = smallest(datasets(), ({ outputs }) => outputs >= 2)
    expect(contexts.length * experiences[0]!.size).toBeLessThanOrEqual(2)
  })
})
