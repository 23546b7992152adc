/** Activation functions by name, and as a layer. */
import type { Expr } from '../graph/expr.js'
import { relu, reshape, sigmoid, tanh } from '../graph/ops.js'
import { oneOfNames, assertArgument, type Rule } from '../graph/options.js'
import { columnsOf, rowsOf, sameShape, showShape } from '../graph/shape.js'
import { elu } from './activations/elu.js'
import { gelu, geluTanh } from './activations/gelu.js'
import { identity } from './activations/identity.js'
import { leakyRelu } from './activations/leakyRelu.js'
import { step } from './activations/step.js'
import { swish } from './activations/swish.js'
import type { LayerOf } from './layer.js'
import { softmax } from './loss.js'

const softmaxLast = (x: Expr): Expr => reshape(softmax(reshape(x, [rowsOf(x.shape), columnsOf(x.shape)])), x.shape)

/**
 * Functions without parameters that keep the shape, by the name that benchmark files use. `leakyRelu` has slope 0.01, `elu` alpha 1,
 * `silu` is Swish with β = 1 (Elfwing, Uchibe & Doya 2018), `softmax` runs over the last axis, `step` lets no gradient through.
 */
export const activations = {
  identity,
  step: (x) => step(x),
  relu,
  leakyRelu: (x) => leakyRelu(x),
  elu: (x) => elu(x),
  sigmoid,
  tanh,
  softmax: softmaxLast,
  gelu,
  geluTanh,
  silu: (x) => swish(x),
} as const satisfies Readonly<Record<string, (x: Expr) => Expr>>

/** A name in `activations`. */
export type ActivationName = keyof typeof activations

/** What constructors ask of the name of an activation function. */
export const activationRule: Rule = oneOfNames(Object.keys(activations))

const nameOrFunction: Rule = {
  expected: `a function of expressions, or ${activationRule.expected}`,
  accepts: (v) => typeof v === 'function' || activationRule.accepts(v),
}

/**
 * The layer that applies the function of that name, or a function of one's own that keeps the shape, such as
 * `(x) => leakyRelu(x, 0.2)` or `(x) => step(x, fastSigmoid(25))`. Throws on an unknown name, with the known ones.
 */
export const activation = (f: ActivationName | ((x: Expr) => Expr)): LayerOf => {
  assertArgument('activation', 'name', f, nameOrFunction)
  const [kind, apply] = typeof f === 'function' ? ['activation', f] : [f, activations[f]]
  return (shape) => ({
    kind,
    parameters: [],
    shape,
    apply: (x) => {
      const value = apply(x)
      if (!sameShape(value.shape, x.shape))
        throw new Error(
          `activation: the function makes ${showShape(value.shape)} of ${showShape(x.shape)}; it must keep the shape`,
        )
      return { value }
    },
    isActivation: true,
  })
}
