import { wasmModule } from './wasm.js'

/** Whether this engine accepts the fused multiply-add of relaxed SIMD, without which no store of `fast` arithmetic can be made. */
export const fusedWorks = (): boolean => {
  const module = wasmModule()
  const f = module.func({})
  for (let i = 0; i < 3; i++) f.f32x4.const(0)
  f.f32x4.relaxed_madd()
  f.drop()
  return WebAssembly.validate(module.encode())
}
