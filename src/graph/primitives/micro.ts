/**
 * Micro-operations on the bits of an f32, into which `exp` and `log` are lowered: the reference, the scalar tail and the
 * SIMD lanes all run the same expansion.
 */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive } from './lane.js'
import { input } from './leaf.js'
import { elementwise, gap } from './rounding.js'

const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)
const toBits = (x: number): number => {
  float[0] = x
  return bits[0] ?? 0
}
const fromBits = (b: number): number => {
  bits[0] = b
  return float[0] ?? 0
}
// What WebAssembly's saturating truncation gives.
const truncate = (x: number): number => (x !== x ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(x))))
const pow2Of = (a: number): number => fromBits((truncate(a) + 127) << 23)
const exponentOf = (a: number): number => ((toBits(a) >>> 23) & 255) - 127
/** The ends of the interval that the magnitude is in. */
const around = (a: number, ea: number): readonly [number, number] => [Math.max(0, Math.abs(a) - ea), Math.abs(a) + ea]

export const pow2Primitive = lanePrimitive({
  name: 'pow2',
  arity: 1,
  element: () => pow2Of,
  error: elementwise((v, a, ea) => {
    if (ea === 0) return 0
    return a - ea < -126 || a + ea > 127 ? Number.POSITIVE_INFINITY : Math.max(v - pow2Of(a - ea), pow2Of(a + ea) - v)
  }),
  sample: () => pow2(input('a', [5])),
})
export const exponentPrimitive = lanePrimitive({
  name: 'exponent',
  arity: 1,
  element: () => exponentOf,
  error: elementwise((v, a, ea) => (ea === 0 ? 0 : Math.max(...around(a, ea).map((x) => gap(exponentOf(x), v))))),
  sample: () => exponent(input('a', [5])),
})
export const mantissaPrimitive = lanePrimitive({
  name: 'mantissa',
  arity: 1,
  element: () => (a) => fromBits((toBits(a) & 0x7fffff) | 0x3f800000),
  // a slope within a binade, of the argument rounded to f32; across binades anything in [1, 2)
  error: elementwise((v, a, ea) => {
    const [low = 0, high = 0] = around(a, ea).map(exponentOf)
    if (ea === 0) return 0
    return low === high ? (2 * ea) / pow2Of(low) : Math.max(v - 1, 2 - v)
  }),
  sample: () => mantissa(input('a', [5])),
})

/** 2^a for whole a in −126..127, through the exponent bits. */
export const pow2 = (a: Expr): Expr => lane(pow2Primitive, [a])
/** The unbiased exponent of a normal number, sign ignored. */
export const exponent = (a: Expr): Expr => lane(exponentPrimitive, [a])
/** The significand of a normal number in [1, 2), sign ignored. */
export const mantissa = (a: Expr): Expr => lane(mantissaPrimitive, [a])
