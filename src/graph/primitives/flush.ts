/**
 * Flushing: magnitudes below a threshold become +0, so that denormal numbers never reach a kernel (they make it 20 to 160
 * times slower). It is a node of the graph, so reference and compiled code flush at the same places. NaN passes.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { lane, lanePrimitive } from './lane.js'
import { input } from './leaf.js'
import { subtract } from './subtract.js'
import { beyond, elementwise } from './rounding.js'

export const flushPrimitive = lanePrimitive({
  name: 'flush',
  arity: 1,
  element: (e) => {
    const below = Number(e.attrs.below)
    return (a) => (Math.abs(a) < below ? 0 : a)
  },
  vjp: (ct) => [ct],
  promise: (e, [base]) =>
    e.args[0] === undefined || base === undefined ? e : add({ ...e, args: [base] }, subtract(e.args[0], base)),
  declares: true,
  // where the comparison is not decided, the value may stay or be flushed
  error: (args, e, value) => {
    const below = Number(e.attrs.below)
    return elementwise((v, a, ea) => {
      if (beyond(below, Math.abs(a), ea)) return 0
      if (beyond(Math.abs(a), below, ea) || ea === 0) return ea
      return v === 0 ? Math.abs(a) + ea : Math.max(Math.abs(a), ea)
    })(args, e, value)
  },
  sample: () => flush(input('a', [5]), 0.5),
})

/** `|a| < below ? 0 : a`; the derivative passes through. `below` is rounded to f32. */
export const flush = (a: Expr, below: number): Expr => lane(flushPrimitive, [a], { below: Math.fround(below) })

/** Threshold for cotangents that enter the derivative of a product: 2^-60. */
export const cotangentFloor = 2 ** -60
/** Threshold for optimiser moments and every exponentially decaying tensor. */
export const momentFloor = 1e-36
/** Threshold for gradients that are about to be squared. */
export const squareFloor = 1e-18
/** Threshold for squares that a small weight (a probability) has multiplied, before they enter a product with squares: 2^-90. */
export const weightedFloor = 2 ** -90
