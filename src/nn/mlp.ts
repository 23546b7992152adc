/** The multilayer perceptron: dense layers with ReLU between them. */
import type { Expr } from '../graph/expr.js'
import { layout, view } from '../graph/layout.js'
import { dot, relu } from '../graph/ops.js'
import { assertShape } from '../graph/shape.js'
import { named } from '../random/key.js'
import { type InitialiserName, initialisers } from './initialise.js'
import type { Network } from './network.js'

/** Sizes of a perceptron: `hidden` may be empty (a linear classifier). */
export interface MlpOptions {
  readonly inputs: number
  readonly hidden: readonly number[]
  readonly outputs: number
  readonly initialiser: InitialiserName
}

/** Layers `dense0`, `dense1`, …, each a weight `[in, out]` and a bias `[out]`. Throws on sizes that are not whole numbers from 1. */
export const mlp = ({ inputs, hidden, outputs, initialiser }: MlpOptions): Network => {
  const sizes = [inputs, ...hidden, outputs]
  if (sizes.some((n) => !Number.isInteger(n) || n < 1))
    throw new Error(`mlp: sizes must be whole numbers from 1, got ${sizes.join('-')}`)
  const layers = sizes
    .slice(1)
    .map((to, i) => ({ from: sizes[i] ?? 1, to, weight: `dense${i}/weight`, bias: `dense${i}/bias` }))
  const l = layout(
    layers.flatMap(({ from, to, weight, bias }) => [
      { name: weight, shape: [from, to] },
      { name: bias, shape: [to] },
    ]),
  )
  return {
    layout: l,
    inputs,
    outputs,
    apply: (params, x) => {
      assertShape(x.shape.length === 2 && x.shape[1] === inputs, 'mlp', `rows of ${inputs} inputs`, x.shape)
      const dense = (h: Expr, layer: (typeof layers)[number]): Expr =>
        dot(h, view(l, params, layer.weight), { init: view(l, params, layer.bias) })
      const features = layers.slice(0, -1).reduce((h, layer) => relu(dense(h, layer)), x)
      return { logits: dense(features, layers[layers.length - 1]!), features }
    },
    initialise: (key) => {
      const out = new Float32Array(l.size)
      for (const { name, offset, size } of l.entries) {
        const layer = layers.find((d) => d.weight === name || d.bias === name)
        if (layer === undefined) continue
        const part = name === layer.bias ? 'bias' : 'weight'
        out.set(initialisers[initialiser](named(key, name), part, layer.from, layer.to, size), offset)
      }
      return out
    },
  }
}
