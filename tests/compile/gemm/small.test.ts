import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gemmModule, packColumnsSignature } from '../../../src/compile/gemm/module.js'
import { emitSmallDot, smallScratchBytes } from '../../../src/compile/gemm/small.js'
import { gemmTwin } from '../../../src/compile/gemm/twin.js'
import { wasmModule } from '../../../src/compile/wasm.js'
import { bits, type Case, cases } from './products.js'

const memory = new WebAssembly.Memory({ initial: 16 })
const floats = new Float32Array(memory.buffer)
const { packColumns } = new WebAssembly.Instance(new WebAssembly.Module(gemmModule()), { env: { memory } }).exports
const guard = 12345.5

/** Emits and runs a product of these sizes between guard values; c and whether the guards survived. */
const run = (product: Case): { readonly c: Float32Array; readonly intact: boolean } => {
  const { m, n, k, a, b, bias } = product
  if (packColumns === undefined) throw new Error('no export packColumns')
  floats.fill(guard)
  const at = { a: 17, b: 18 + m * k, bias: 19 + m * k + k * n, c: 20 + m * k + k * n + n }
  const scratch = Math.ceil((at.c + m * n + 1) / 4) * 4
  floats.set(a, at.a)
  floats.set(b, at.b)
  if (bias !== undefined) floats.set(bias, at.bias)

  const module = wasmModule()
  module.importMemory('env', 'memory')
  const packing = {
    scratch: 4 * scratch,
    packColumns: module.importFunction('env', 'packColumns', packColumnsSignature),
  }
  const addresses = { a: 4 * at.a, b: 4 * at.b, c: 4 * at.c, ...(bias === undefined ? {} : { bias: 4 * at.bias }) }
  const { m: rows, n: columns, k: depth, ta, tb } = product
  emitSmallDot(module.func({ name: 'dot' }), {
    m: rows,
    n: columns,
    k: depth,
    ta,
    tb,
    arithmetic: 'exact',
    packing,
    ...addresses,
  })
  new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory, packColumns } }).exports['dot']?.()

  const ends = [at.b - 1, at.bias - 1, at.c - 1, at.c + m * n, scratch + smallScratchBytes(product) / 4]
  return { c: floats.slice(at.c, at.c + m * n), intact: ends.every((end) => floats[end] === guard) }
}

describe('small product', () => {
  it('has the bits of the scalar twin for every shape and layout', () => {
    fc.assert(
      fc.property(cases(fc.integer({ min: 1, max: 70 })), (product) => {
        const { c, intact } = run(product)
        expect(bits(c)).toEqual(bits(gemmTwin(product, product.a, product.b, product.bias)))
        expect(intact).toBe(true)
      }),
      { numRuns: 120 },
    )
  })

  it('has the bits of the scalar twin for every narrow width', () => {
    fc.assert(
      fc.property(cases(fc.integer({ min: 1, max: 17 })), (product) => {
        expect(bits(run(product).c)).toEqual(bits(gemmTwin(product, product.a, product.b, product.bias)))
      }),
      { numRuns: 100 },
    )
  })

  it('refuses a transposed b without room to pack it', () => {
    const f = wasmModule().func({})
    expect(() =>
      emitSmallDot(f, { arithmetic: 'exact', m: 2, n: 2, k: 2, ta: false, tb: true, a: 0, b: 64, c: 128 }),
    ).toThrow(/transposed b/)
  })
})
