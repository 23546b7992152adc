import { wasmModule } from '../../../src/compile/wasm.js'
import type { Work } from './rounds.js'

/** Sums that are independent of each other: they hide the latency of a multiplication and an addition. */
const sums = 13
const passes = 100_000

/**
 * The roof of f32x4 arithmetic on one core: multiplications and additions of vectors that stay in registers, no load and no
 * store in the loop. Every sum tends to step / (1 - factor), so nothing overflows or vanishes. V8's revectoriser leaves this loop
 * alone, so it is the roof of 128-bit vectors in wide mode too.
 */
export const roofLoop = (): Work => {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const m = wasmModule()
  m.importMemory('env', 'memory')
  const f = m.func({ name: 'roof', params: { passes: 'i32' } })
  const i = f.local('i32')
  const locals = Array.from({ length: sums }, () => f.local('v128'))
  const [factor, step] = [f.local('v128'), f.local('v128')]
  f.f32x4.const(0.9375)
  f.set(factor)
  f.f32x4.const(0.5)
  f.set(step)
  locals.forEach((sum, s) => {
    f.i32.const(0)
    f.v128.load(16 * s)
    f.set(sum)
  })
  f.forRange(i, 0, f.params.passes, 1, () => {
    for (const sum of locals) {
      f.get(sum)
      f.get(factor)
      f.f32x4.mul()
      f.get(step)
      f.f32x4.add()
      f.set(sum)
    }
  })
  locals.forEach((sum, s) => {
    f.i32.const(0)
    f.get(sum)
    f.v128.store(16 * s)
  })
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } })
  const run = exports['roof']
  if (run === undefined) throw new Error('the module exports no roof')
  return {
    name: 'roof',
    flop: 2 * 4 * sums * passes,
    prepare: (steps) => () => {
      for (let n = 0; n < steps; n++) run(passes)
    },
  }
}
