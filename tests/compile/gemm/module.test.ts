import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scratchBytes } from '../../../src/compile/gemm/blocking.js'
import { gemmModule } from '../../../src/compile/gemm/module.js'
import { gemmTwin } from '../../../src/compile/gemm/twin.js'
import { bits, type Case, cases } from './products.js'

const memory = new WebAssembly.Memory({ initial: 256 })
const floats = new Float32Array(memory.buffer)
const { gemm } = new WebAssembly.Instance(new WebAssembly.Module(gemmModule()), { env: { memory } }).exports
const guard = 12345.5

/** Runs the kernel on operands that lie exactly between guard values; returns c and whether the guards survived. */
const run = ({ m, n, k, ta, tb, a, b, bias }: Case): { readonly c: Float32Array; readonly intact: boolean } => {
  floats.fill(guard)
  let next = 16
  const place = (size: number, alignment: number): number => {
    const at = Math.ceil(next / alignment) * alignment
    next = at + size + 1
    return at
  }
  const at = {
    a: place(a.length, 1),
    b: place(b.length, 1),
    bias: place(n, 1),
    c: place(m * n, 1),
    scratch: place(scratchBytes(m, n, k) / 4, 4),
  }
  floats.set(a, at.a)
  floats.set(b, at.b)
  if (bias !== undefined) floats.set(bias, at.bias)
  gemm?.(at.a * 4, at.b * 4, at.c * 4, bias ? at.bias * 4 : 0, m, n, k, Number(ta), Number(tb), at.scratch * 4)
  const ends = [at.a - 1, at.a + a.length, at.b + b.length, at.bias + n, at.c - 1, at.c + m * n, next - 1, next]
  return { c: floats.slice(at.c, at.c + m * n), intact: ends.every((end) => floats[end] === guard) }
}

const agrees = (product: Case): void => {
  const { c, intact } = run(product)
  expect(bits(c)).toEqual(bits(gemmTwin(product, product.a, product.b, product.bias)))
  expect(intact).toBe(true)
}

describe('packed product', () => {
  it('has the bits of the scalar twin for every small shape and layout', () => {
    fc.assert(fc.property(cases(fc.integer({ min: 1, max: 70 })), agrees), { numRuns: 200 })
  })

  it('has the bits of the scalar twin across the borders of its blocks', () => {
    const size = fc.constantFrom(1, 5, 6, 7, 8, 13, 239, 241, 246, 511, 512, 513, 520, 1030)
    const some = cases(size).filter(({ m, n, k }) => m * n * k < 1e6)
    fc.assert(fc.property(some, agrees), { numRuns: 10 })
  })

  it('starts from +0 without a bias', () => {
    const [a, b] = [Float32Array.of(-1), Float32Array.of(0)]
    expect(Object.is(run({ m: 1, n: 1, k: 1, ta: false, tb: false, a, b, bias: undefined }).c[0], 0)).toBe(true)
  })

  it('keeps the order of sums over blocks of k', () => {
    const k = 1100
    const a = Float32Array.from({ length: k }, (_, i) => (i === 0 ? 2 ** 24 : 1))
    const b = new Float32Array(k).fill(1)
    expect(run({ m: 1, n: 1, k, ta: false, tb: false, a, b, bias: undefined }).c[0]).toBe(2 ** 24)
  })

  it('is a module of a few kilobytes', () => {
    expect(gemmModule().length).toBeLessThan(10_000)
  })
})
