/** The same value in a place of its own: how a view or a leaf becomes an output or a block's new value. */
import type { Expr, Primitive } from '../expr.js'
import { lane, lanePrimitive } from './lane.js'
import { input } from './leaf.js'
import { passed } from './rounding.js'

export const copyPrimitive: Primitive = {
  ...lanePrimitive({
    name: 'copy',
    arity: 1,
    element: () => (a) => a,
    vjp: (ct) => [ct],
    error: passed,
    sample: () => copy(input('a', [5])),
  }),
  cost: () => ({ macs: 0, operations: 0 }),
}

/** `a`, stored anew. */
export const copy = (a: Expr): Expr => lane(copyPrimitive, [a])
