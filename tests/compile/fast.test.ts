import { setFlagsFromString } from 'node:v8'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Arithmetic } from '../../src/compile/arithmetic.js'
import { fusedWorks } from '../../src/compile/fusedMultiplyAdd.js'
import { gemmTwin } from '../../src/compile/gemm/twin.js'
import { compile } from '../../src/compile/program.js'
import { createStore } from '../../src/compile/store.js'
import { dot, input } from '../../src/graph/ops.js'
import { bits, type Case, cases } from './gemm/products.js'

beforeAll(() => {
  // as the shell does it: V8 11 has the instruction behind a switch
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd')
})

const product = ({ m, n, k, ta, tb, a, b, bias }: Case, arithmetic: Arithmetic): Float32Array => {
  const e = dot(input('a', ta ? [k, m] : [m, k]), input('b', tb ? [n, k] : [k, n]), {
    ta,
    tb,
    ...(bias === undefined ? {} : { init: input('bias', [n]) }),
  })
  const program = compile({ updates: {}, outputs: { c: e } }, createStore({ arithmetic }))
  program.run({ a, b, ...(bias === undefined ? {} : { bias }) })
  return program.output('c')
}

/** Σ|a·b| and |bias| of every element, in f64. */
const sizes = ({ a, b, bias, ...rest }: Case): Float32Array =>
  gemmTwin(rest, a.map(Math.abs), b.map(Math.abs), bias?.map(Math.abs))

const products = fc
  .oneof({ weight: 20, arbitrary: cases(fc.integer({ min: 1, max: 40 })) }, cases(fc.integer({ min: 60, max: 110 })))
  .filter(({ a, b, bias }) => [...a, ...b, ...(bias ?? [])].every((x) => Number.isFinite(x) && Math.abs(x) < 1e3))

describe('fast arithmetic', () => {
  it('is to be had on this Node', () => {
    expect(fusedWorks()).toBe(true)
  })

  it('stays within 2·K·2^-24·Σ|a·b| of the exact products', () => {
    fc.assert(
      fc.property(products, (c) => {
        const [fast, exact, size] = [product(c, 'fast'), product(c, 'exact'), sizes(c)]
        for (let i = 0; i < exact.length; i++) {
          const allowed = 2 * (c.k + 1) * 2 ** -24 * size[i]! * 1.01 + 1e-37
          expect(Math.abs(fast[i]! - exact[i]!)).toBeLessThanOrEqual(allowed)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('leaves exact products as they are in the same process', () => {
    fc.assert(
      fc.property(products, (c) => {
        product(c, 'fast')
        expect(bits(product(c, 'exact'))).toEqual(bits(gemmTwin(c, c.a, c.b, c.bias)))
      }),
      { numRuns: 30 },
    )
  })
})
