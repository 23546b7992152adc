/** The concatenated rectifier: Shang, Sohn, Almeida & Lee 2016 (arXiv:1603.05201), definition 2.1. */
import type { Expr } from '../../graph/expr.js'
import { joinLast, neg, relu } from '../../graph/ops.js'
import { assertShape, columnsOf } from '../../graph/shape.js'
import type { LayerOf } from '../layer.js'

/** `[relu(x), relu(−x)]` side by side on the last axis, which is then twice as long. */
export const crelu = (x: Expr): Expr => joinLast([relu(x), relu(neg(x))])

/** `crelu` as a layer: examples `[..., units]` → `[..., 2·units]`. */
export const creluLayer = (): LayerOf => (shape) => {
  assertShape(shape.length >= 1, 'creluLayer', 'examples of one axis or more', shape)
  return {
    kind: 'crelu',
    parameters: [],
    shape: [...shape.slice(0, -1), 2 * columnsOf(shape)],
    apply: (x) => ({ value: crelu(x) }),
    isActivation: true,
  }
}
