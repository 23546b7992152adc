import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../src/graph/evaluate.js'
import { gradients } from '../../src/graph/grad.js'
import { jvp } from '../../src/graph/jvp.js'
import { add, mul, sum } from '../../src/graph/ops.js'
import { topological } from '../../src/graph/topological.js'
import { bits, compiled } from '../support/compiled.js'
import { randomMoves } from '../support/moves.js'

/** One NaN is as good as another: which of two operands gives its sign and payload is the processor's choice. */
const plain = (x: ArrayLike<number>): readonly number[] => bits(Float32Array.from(x, (v) => (v === v ? v : Number.NaN)))

describe('axes and columns that move, ranks, draws and functions', () => {
  it('compile to the bits of the reference with their derivatives, in loops too, for every random graph', () => {
    const sizes = fc.tuple(fc.nat(2 ** 20), fc.integer({ min: 1, max: 12 }), fc.constantFrom(3, 6, 20))
    fc.assert(
      fc.property(sizes, ([seed, nodes, limit]) => {
        const { roots, leaves, env } = randomMoves(seed, nodes, limit)
        const loss = roots.map((root) => sum(mul(root, root))).reduce((a, b) => add(a, b))
        const read = leaves.filter((leaf) => topological(roots).includes(leaf))
        const along = read.map((of) => ({ of, along: of }))
        const all = [...roots, ...gradients(loss, read), ...(read.length > 0 ? jvp(roots, along) : [])]
        const values = compiled(all, env)
        evaluate(all, env, 'f32').forEach((v, i) => expect(plain(values[i]!)).toEqual(plain(v)))
      }),
      { numRuns: 150 },
    )
  })
})
