/**
 * How a product is added to a sum. `exact`: product and sum are each rounded, so every machine gives the same bits.
 * `fast`: fused multiply-add of relaxed SIMD, one rounding where the processor has it, so bits depend on the machine; opt-in.
 */
import type { FunctionBody, Local } from './wasmFunction.js'

/** See above. */
export type Arithmetic = 'exact' | 'fast'

/** sum := sum + a * b, four lanes each. */
export const accumulate = (f: FunctionBody, arithmetic: Arithmetic, sum: Local, a: Local, b: Local): void => {
  if (arithmetic === 'fast') {
    for (const operand of [a, b, sum]) f.get(operand)
    f.f32x4.relaxed_madd()
  } else {
    for (const operand of [sum, a, b]) f.get(operand)
    f.f32x4.mul()
    f.f32x4.add()
  }
  f.set(sum)
}
