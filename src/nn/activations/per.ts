/** Activation functions with one learned number, for the layer or for each unit. */
import type { Expr } from '../../graph/expr.js'
import { oneOfNames, type Rule } from '../../graph/options.js'
import { columnsOf, sizeOf } from '../../graph/shape.js'
import type { LayerOf } from '../layer.js'

/** Whether units share the number, or each has its own (for images: each channel). */
export type Per = 'layer' | 'unit'

/** What constructors ask of a `Per`. */
export const perRule: Rule = oneOfNames(['layer', 'unit'])

/** The layer that applies `f` with a parameter `name`, `[1]` or `[units]`, which starts at `init`. */
export const onePer =
  (kind: string, name: string, per: Per, init: number, f: (x: Expr, parameter: Expr) => Expr): LayerOf =>
  (shape) => {
    const of = [per === 'layer' ? 1 : columnsOf(shape)]
    return {
      kind,
      parameters: [{ name, shape: of, initialise: () => new Float32Array(sizeOf(of)).fill(init) }],
      shape,
      apply: (x, { own }) => ({ value: f(x, own(name)) }),
      isActivation: true,
    }
  }
