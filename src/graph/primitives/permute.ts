/** Axes in another order. */
import { integers, permutation } from '../../random/draw.js'
import { folded } from '../../random/key.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, type Shape, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { reshape } from './reshape.js'
import { moved } from './rounding.js'

/** Which axis of the argument each axis of a `permute` node is. */
export const orderOf = (e: Expr): readonly number[] => (typeof e.attrs.order === 'object' ? e.attrs.order : [])

/** Elements from one entry of an axis to the next. */
export const stridesOf = (shape: Shape): readonly number[] => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

const inverse = (order: readonly number[]): readonly number[] => order.map((_, axis) => order.indexOf(axis))

export const permutePrimitive: Primitive = {
  name: 'permute',
  codegen: 'routine',
  vjp: (ct, e) => [permute(ct, inverse(orderOf(e)))],
  jvp: ([t], e) => (t === null || t === undefined ? null : permute(t, orderOf(e))),
  error: moved,
  reference: ([x], out, e) => {
    const strides = stridesOf(e.args[0]!.shape)
    const steps = orderOf(e).map((axis) => strides[axis]!)
    const own = stridesOf(e.shape)
    for (let i = 0; i < sizeOf(e.shape); i++)
      out[i] = x![steps.reduce((at, step, axis) => at + step * (Math.floor(i / own[axis]!) % e.shape[axis]!), 0)]!
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: (key) => {
    const [a = 0, b = 0, c = 0, d = 0, rank = 0] = integers(key, 5, 7)
    const shape =
      [
        [1 + a, 1 + b],
        [1 + a, 1 + b, 1 + c],
        [1 + a, 1 + b, 1 + c, 1 + (d % 3)],
      ][rank % 3] ?? []
    return permute(input('a', shape), [...permutation(folded(key, 1), shape.length)])
  },
}

/**
 * Axis `i` of the result is axis `order[i]` of `x`, up to four: `permute(x, [1, 0])` transposes a matrix. `x` itself, or a view of it,
 * where the elements keep their order.
 */
export const permute = (x: Expr, order: readonly number[]): Expr => {
  const { length } = x.shape
  const each = order.length === length && x.shape.every((_, axis) => order.includes(axis))
  assertShape(
    each && length <= 4,
    'permute',
    `each of up to four axes once in the order [${order.join(', ')}]`,
    x.shape,
  )
  const inner = x.args[0]
  if (x.op === permutePrimitive && inner !== undefined)
    return permute(
      inner,
      order.map((axis) => orderOf(x)[axis]!),
    )
  const shape = order.map((axis) => x.shape[axis]!)
  const long = order.filter((axis) => x.shape[axis]! > 1)
  if (long.every((axis, i) => i === 0 || axis > long[i - 1]!)) return reshape(x, shape)
  return node(permutePrimitive, [x], shape, { order })
}
