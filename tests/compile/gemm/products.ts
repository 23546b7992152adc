import fc from 'fast-check'
import type { Product } from '../../../src/compile/gemm/twin.js'

/** A product and its operands. */
export interface Case extends Product {
  readonly a: Float32Array
  readonly b: Float32Array
  readonly bias: Float32Array | undefined
}

const special = [-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 3e38, 1e-40]
const value = fc.oneof(
  { weight: 200, arbitrary: fc.integer({ min: -4096, max: 4096 }).map((k) => k / 1024) },
  { weight: 1, arbitrary: fc.constantFrom(...special) },
)

/** Values made from a few drawn ones by a linear congruence: large matrices stay cheap to draw and to shrink. */
const values = (size: number): fc.Arbitrary<Float32Array> =>
  fc
    .tuple(fc.array(value, { minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 0x7fffffff }))
    .map(([drawn, seed]) => {
      let state = seed
      return Float32Array.from({ length: size }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0
        return drawn[(state >>> 16) % drawn.length]! * ((state >>> 28) % 2 === 0 ? 1 : 1.001)
      })
    })

/** Products whose three sizes come from `size`. */
export const cases = (size: fc.Arbitrary<number>): fc.Arbitrary<Case> =>
  fc
    .record({ m: size, n: size, k: size, ta: fc.boolean(), tb: fc.boolean() })
    .chain((product) =>
      fc
        .tuple(values(product.m * product.k), values(product.k * product.n), fc.option(values(product.n)))
        .map(([a, b, bias]) => ({ ...product, a, b, bias: bias ?? undefined })),
    )

/** The bits of f32 values, with one NaN for all. */
export const bits = (of: Float32Array): Int32Array =>
  new Int32Array(Float32Array.from(of, (x) => (Number.isNaN(x) ? Number.NaN : x)).buffer)
