/**
 * A declared derivative: the value of one expression with the derivative of another. Straight-through estimators and surrogate
 * gradients of spikes are this: the forward pass is what it is, and the promise about its derivative stands in the graph.
 */
import type { Expr } from '../expr.js'
import { add } from './add.js'
import { lane, lanePrimitive, sampleLane } from './lane.js'
import { literal } from './leaf.js'
import { subtract } from './subtract.js'
import { passed } from './rounding.js'

export const surrogatePrimitive = lanePrimitive({
  name: 'surrogate',
  arity: 2,
  element: () => (a) => a,
  expand: (e) => e.args[0] ?? literal(0),
  vjp: (ct) => [null, ct],
  promise: (e, [a, b]) => (a === undefined || b === undefined ? e : add(a, subtract(e.args[1] ?? b, b))),
  declares: true,
  error: passed,
  sample: (key) => sampleLane((...[a, b]) => surrogate(a!, b!), 2)(key),
})

/**
 * `value`, with the derivative of `derivative`, of one shape: `surrogate(floor(x), x)` is the straight-through estimator of Bengio,
 * Léonard and Courville 2013 (arXiv:1308.3432). Nothing flows to what `value` reads.
 */
export const surrogate = (value: Expr, derivative: Expr): Expr => lane(surrogatePrimitive, [value, derivative])
