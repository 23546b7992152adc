/** Small loops for the laws over the table of primitives: with products, without, with a scalar among the states, and nested. */
import { integers } from '../random/draw.js'
import type { Key } from '../random/key.js'
import type { Expr, Primitive } from './expr.js'
import { type Bound, type Loop, loop } from './loop.js'
import { add } from './primitives/add.js'
import { dot } from './primitives/dot.js'
import { input, placeholder } from './primitives/leaf.js'
import { multiply } from './primitives/multiply.js'
import { sum } from './primitives/sumBroadcast.js'
import type { Shape } from './shape.js'

type Made = Pick<Loop, 'states' | 'inputs' | 'next' | 'outputs' | 'sums'>

const over = (name: string, shape: Shape, value: Expr): Bound => ({ leaf: placeholder(name, shape), value })

/** An affine recurrence of a vector, and a scalar that it drives. */
const lanes = (steps: number): Made => {
  const [s, r, x] = [over('s', [3], input('a', [3])), over('r', [], input('r')), over('x', [3], input('c', [steps, 3]))]
  const next = add(multiply(s.leaf, input('b', [3])), x.leaf)
  return {
    states: [s, r],
    inputs: [x],
    next: [next, multiply(r.leaf, sum(s.leaf))],
    outputs: [multiply(next, s.leaf), r.leaf],
    sums: [next],
  }
}

/** A recurrence with a product of the state and one of the input, which is taken out of the loop. */
const products = (steps: number): Made => {
  const [s, x] = [over('s', [2, 3], input('a', [2, 3])), over('x', [2, 2], input('c', [steps, 2, 2]))]
  const [w, v, init] = [input('w', [3, 3]), input('v', [2, 3]), input('b', [3])]
  const next = add(dot(s.leaf, w), dot(x.leaf, v, { init }))
  return { states: [s], inputs: [x], next: [next], outputs: [multiply(next, s.leaf), next], sums: [sum(next)] }
}

/** A loop within a step. */
const nested = (steps: number, scan: Primitive): Made => {
  const [s, x] = [over('s', [2], input('a', [2])), over('x', [2], input('c', [steps, 2]))]
  const v = over('v', [2], s.leaf)
  const after = add(multiply(v.leaf, x.leaf), multiply(input('b', [2]), s.leaf))
  const given = { states: [v], inputs: [], next: [after], outputs: [multiply(after, after)], sums: [after] }
  const inner = loop(scan, { ...given, steps: 2, reverse: false, keepsProducts: true })
  const next = inner.states[0] ?? s.leaf
  return { states: [s], inputs: [x], next: [next], outputs: [...inner.outputs, ...inner.sums], sums: [s.leaf] }
}

/** A random loop: its node. */
export const sampleLoop = (scan: Primitive, key: Key): Expr => {
  const [kind = 0, reverse = 0, length = 0] = integers(key, 3, 6)
  const steps = 1 + (length % 3)
  const made = kind % 3 === 0 ? lanes(steps) : kind % 3 === 1 ? products(steps) : nested(steps, scan)
  return loop(scan, { ...made, steps, reverse: reverse % 2 === 1, keepsProducts: true }).whole
}
