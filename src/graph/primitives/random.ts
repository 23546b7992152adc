/**
 * Uniform numbers as a function of a key, a label and a place: Threefry-2x32-20 (`src/random/threefry.ts`) under the key's two words.
 * The counter is the number of a pair of elements and a word made from the label; the first word of the result goes to element 2i, the
 * second to 2i + 1, the top 24 bits of each. So no draw depends on what else is drawn, and equal key, label and shape are one node:
 * what the backward pass draws again is what the forward pass drew.
 */
import { integers } from '../../random/draw.js'
import { key as keyOf, named } from '../../random/key.js'
import { threefry } from '../../random/threefry.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, type Shape, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { exact } from './rounding.js'

/** The second word of the counter: a hash of the label. */
const streamOfLabel = (label: string): number => named(keyOf(0), label).a

/** The second word of the counter of a `random` node. */
export const streamOf = (e: Expr): number => Number(e.attrs.stream)

export const randomPrimitive: Primitive = {
  name: 'random',
  codegen: 'routine',
  takesIntegers: true,
  vjp: () => [null],
  jvp: () => null,
  error: exact,
  reference: ([key], out, e, round) => {
    const [a, b] = [key![0]!, key![1]!]
    const pair = new Uint32Array(2)
    for (let i = 0; i < sizeOf(e.shape); i++) {
      if (i % 2 === 0) threefry(pair, 0, a, b, i / 2, streamOf(e))
      out[i] = round((pair[i % 2]! >>> 8) * 2 ** -24)
    }
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.shape) }),
  sample: (key) => {
    const [m = 0, n = 0, rank = 0] = integers(key, 3, 6)
    return random(
      input('key', [2], 'i32'),
      'sample',
      [[], [1 + 5 * n], [1 + m, 1 + n], [2, 1 + m, 3, 1 + n]][rank % 4]!,
    )
  },
}

/**
 * Uniform numbers of `shape` over the multiples of 2^-24 in [0, 1), independent for each element, each `label` and each `key`. `key` is
 * i32 [2], fed at each run: the two words of a key (words from 2^31 on are their negative twins; feeding either is the same). No
 * derivative. In the step of a `scan` it is the same at every step: for others, draw `[steps, ...]` before and hand them in as an input.
 */
export const random = (key: Expr, label: string, shape: Shape): Expr => {
  assertShape(key.dtype === 'i32' && sizeOf(key.shape) === 2, 'random', 'an i32 key [2]', key.shape)
  assertShape(shape.length <= 4, `random '${label}'`, 'at most four axes', shape)
  return node(randomPrimitive, [key], shape, { label, stream: streamOfLabel(label) })
}
