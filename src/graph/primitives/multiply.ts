/** `a · b`, element by element. */
import type { Expr } from '../expr.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { least, roundedOnce } from './rounding.js'

export const multiplyPrimitive = lanePrimitive({
  name: 'multiply',
  arity: 2,
  element: () => (a, b) => a * b,
  vjp: (ct, { args: [a, b] }) => (a === undefined || b === undefined ? [] : [multiply(ct, b), multiply(ct, a)]),
  error: roundedOnce((_v, a, ea, b, eb) => Math.abs(a) * eb + Math.abs(b) * ea + ea * eb, least),
  sample: (key) => sampleLane((...[a, b]) => multiply(a!, b!), 2)(key),
})

/** `a · b` of one shape. */
export const multiply = (a: Expr, b: Expr): Expr => lane(multiplyPrimitive, [a, b])
