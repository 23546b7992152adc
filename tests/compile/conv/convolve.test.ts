import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gemmModule, gemmSignature, packColumnsSignature } from '../../../src/compile/gemm/module.js'
import { convolveRoutine } from '../../../src/compile/routines/convolve.js'
import { routines } from '../../../src/compile/routines/table.js'
import { wasmModule } from '../../../src/compile/wasm.js'
import { evaluate } from '../../../src/graph/evaluate.js'
import type { Expr } from '../../../src/graph/expr.js'
import { convolveFace } from '../../../src/graph/primitives/convolve.js'
import { type Face, shapeOfFace } from '../../../src/graph/primitives/convolveForm.js'
import { input } from '../../../src/graph/primitives/leaf.js'
import { sizeOf } from '../../../src/graph/shape.js'
import { integers } from '../../../src/random/draw.js'
import { folded, key } from '../../../src/random/key.js'
import { convolveForms } from '../../support/convolveForms.js'

const memory = new WebAssembly.Memory({ initial: 16 })
const products = new WebAssembly.Instance(new WebAssembly.Module(gemmModule()), { env: { memory } }).exports
const guard = 12345.5

/** Emits and runs one convolution between guard values; its result and whether the guards and the operands survived. */
const run = (e: Expr, values: readonly Float32Array[]) => {
  const floats = new Float32Array(memory.buffer)
  floats.fill(guard)
  const places = new Map<Expr, number>()
  let end = 17
  for (const [i, x] of [...e.args, e].entries()) {
    places.set(x, end)
    if (values[i] !== undefined) floats.set(values[i], end)
    end += sizeOf(x.shape) + 1
  }
  const scratch = 16 * Math.ceil(end / 16) + 16
  const module = wasmModule()
  module.importMemory('env', 'memory')
  const gemm = module.importFunction('env', 'gemm', gemmSignature)
  const packColumns = module.importFunction('env', 'packColumns', packColumnsSignature)
  const address = (x: Expr): number => 4 * (places.get(x) ?? 0)
  const context = { module, arithmetic: 'exact', address, gemm, packColumns, scratch: 4 * scratch } as const
  const host = { add: () => 0, run: gemm }
  convolveRoutine.emit(module.func({ name: 'run' }), e, { ...context, host, routines, placed: () => false })
  new WebAssembly.Instance(new WebAssembly.Module(module.encode()), { env: { memory, ...products } }).exports['run']?.()
  const guards = [...[...places].map(([x, at]) => at + sizeOf(x.shape)), 16, scratch - 1]
  return {
    result: floats.slice(places.get(e), places.get(e)! + sizeOf(e.shape)),
    intact:
      [...guards, scratch + (convolveRoutine.scratch?.(e, routines) ?? 0) / 4].every((at) => floats[at] === guard) &&
      values.every((v, i) => v.every((x, j) => Object.is(x, floats[places.get(e.args[i]!)! + j]))),
  }
}

const forms = convolveForms({ n: 3, size: 11, c: 9, kernel: 5, o: 19 })

/** Grid values; one in `special` of them is −0 or an infinity (0: none). */
const drawn = (seed: number, size: number, special: number): Float32Array =>
  Float32Array.from(integers(key(seed), size, 8192), (k, i) =>
    special > 0 && k % special === 0 ? [-0, -0, Infinity, -Infinity][(k + i) % 4]! : (k - 4096) / 1024,
  )

/** Bits, with one pattern for every NaN. */
const bits = (x: Float32Array): readonly number[] => [
  ...new Int32Array(x.map((v) => (Number.isNaN(v) ? NaN : v)).buffer),
]

const cases = fc.record({
  form: forms,
  gives: fc.constantFrom<Face>('x', 'weight', 'y'),
  option: fc.boolean(),
  seed: fc.nat(1e6),
  special: fc.constantFrom(0, 0, 20, 200),
})

describe('convolution kernels', () => {
  it('have the bits of the reference for every face, size, stride and border, and stay within their memory', () => {
    fc.assert(
      fc.property(cases, ({ form, gives, option, seed, special }) => {
        const faces = { x: shapeOfFace(form, 'x'), weight: shapeOfFace(form, 'weight'), y: shapeOfFace(form, 'y') }
        const e = convolveFace(
          form,
          gives,
          { x: input('x', faces.x), weight: input('weight', faces.weight), y: input('y', faces.y) },
          gives === 'y' && option
            ? { init: input('init', [form.o]) }
            : gives === 'weight' && option
              ? { each: true }
              : {},
        )
        const values = e.args.map((a, i) => drawn(folded(key(seed), i).a, sizeOf(a.shape), special))
        const env = Object.fromEntries(e.args.map((a, i) => [String(a.attrs.name), values[i]!]))
        const { result, intact } = run(e, values)
        expect(bits(result)).toEqual(bits(evaluate([e], env, 'f32')[0]!))
        expect(intact).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
