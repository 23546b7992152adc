/** A layer alone as a function of its examples and all of its tensors. */
import type { Expr } from '../../graph/expr.js'
import type { Shape } from '../../graph/shape.js'
import { sizeOf } from '../../graph/shape.js'
import type { Kept, LayerOf } from '../../nn/layer.js'
import type { ArgumentSpec } from '../argument.js'
import type { Checked } from './differentiated.js'

/** How a layer is called. */
export interface LayerCase {
  readonly name: string
  /** Of one example. */
  readonly shape: Shape
  readonly layer: LayerOf
  /** A training pass, with a key and row weights of which the last is 0. */
  readonly training?: true
  /** Examples hold class numbers below this. */
  readonly classes?: number
  /** The contexts that rows may be of. */
  readonly contexts?: number
  /** What is checked of the layer's value, where not itself: sums of huge entries would hide the others. */
  readonly seen?: (value: Expr) => Expr
}

const n = 4

const keptValues = ({ shape, init }: Kept, i: number): ArrayLike<number> =>
  typeof init === 'number'
    ? // running statistics in use are not what they start from
      Array.from({ length: sizeOf(shape) }, (_, k) => 0.75 + ((k + i) % 3) / 8)
    : init

/** The call: examples first, then parameters, then kept tensors, key, weights and contexts, which are not differentiated. */
export const layerCall = ({
  name,
  shape,
  layer,
  training,
  classes,
  contexts,
  seen = (value) => value,
}: LayerCase): Checked => {
  const made = layer(shape)
  const kept = made.kept ?? []
  const examples: ArgumentSpec =
    classes === undefined
      ? { name: 'x', shape: [n, ...shape] }
      : {
          name: 'x',
          shape: [n, ...shape],
          values: Array.from({ length: n * sizeOf(shape) }, (_, i) => (3 * i) % classes),
          fixed: true,
        }
  const parameters = made.parameters.map((p): ArgumentSpec => ({ name: p.name, shape: p.shape, low: -1, high: 1 }))
  const others: readonly ArgumentSpec[] = [
    ...kept.map((k, i) => ({ name: `kept ${k.name}`, shape: k.shape, values: keptValues(k, i), fixed: true })),
    ...(training === undefined
      ? []
      : [
          { name: 'key', shape: [2], below: 2 ** 31 - 1 },
          { name: 'weights', shape: [n], values: [1, 1, 1, 0], fixed: true },
        ]),
    ...(contexts === undefined ? [] : [{ name: 'context', shape: [n], below: contexts }]),
  ]
  const args = [examples, ...parameters, ...others]
  return {
    name,
    args,
    f: (...xs) => {
      const tensor = (called: string): Expr => {
        const found = xs[args.findIndex((a) => a.name === called)]
        if (found === undefined) throw new Error(`layer '${made.kind}' has no tensor '${called}'`)
        return found
      }
      const passed = made.apply(tensor('x'), {
        own: tensor,
        kept: (called) => tensor(`kept ${called}`),
        training:
          training === undefined ? undefined : { key: tensor('key'), weights: tensor('weights'), label: made.kind },
        context: contexts === undefined ? undefined : tensor('context'),
      })
      return { value: seen(passed.value), ...passed.kept }
    },
  }
}
