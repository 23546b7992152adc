/** What is checked while a rule is faulty: random instances of a primitive as functions, at smooth points and at kinks. */
import type { Expr, Primitive } from '../../src/graph/expr.js'
import { joinLast, slice } from '../../src/graph/ops.js'
import { scanOf } from '../../src/graph/scanParts.js'
import { sizeOf } from '../../src/graph/shape.js'
import { substitute } from '../../src/graph/substitute.js'
import { topological } from '../../src/graph/topological.js'
import { folded, key } from '../../src/random/key.js'
import type { ArgumentSpec } from '../../src/testing/argument.js'
import { pointOf } from '../support/derivatives.js'

/** A function of the arguments of an instance, with another record in the place of the primitive's; and where it is checked. */
export interface Case {
  readonly seed: number
  readonly size: number
  readonly of: (primitive: Primitive) => (...xs: Expr[]) => Expr
  readonly smooth: readonly ArgumentSpec[]
  /** Several points where there are few entries, so that some are at a kink. */
  readonly kinks: readonly (readonly ArgumentSpec[])[]
}

/** The value of a loop as whoever writes one reads it: in parts, the states of the end and those of each step apart. */
const inParts = (e: Expr): Expr => {
  const { parts } = scanOf(e)
  const { steps, last, leaves } = parts
  const read = [
    ...parts.states.flatMap(({ at, size }) => [
      slice(e, at + last * size, [size]),
      slice(e, at + leaves * size, [steps * size]),
    ]),
    ...parts.outputs.map(({ at, size }) => slice(e, at, [steps * size])),
    ...parts.sums.map(({ at, size }) => slice(e, at, [size])),
  ]
  return joinLast(read)
}

/** The instance of `primitive` that `seed` draws, in the forms that matter to a rule. */
export const casesOf = (primitive: Primitive, seed: number, rule: 'vjp' | 'jvp' | 'promise'): readonly Case[] => {
  const e = primitive.sample?.(folded(key(7), seed))
  if (e === undefined) return []
  const leaves = topological([e]).filter((leaf) => leaf.op.name === 'input')
  const moving = leaves.filter((leaf) => leaf.dtype === 'f32')
  const node = topological([e]).find((x) => x.op === primitive)
  // what runs over an axis of one entry, or through fewer than three steps, hides what it does
  const isDull = moving.some((leaf) => leaf.shape.includes(1) && sizeOf(leaf.shape) >= sizeOf(e.shape))
  if (moving.length === 0 || node === undefined || isDull || Number(node.attrs.steps) < 3) return []
  const size = leaves.reduce((n, leaf) => n + sizeOf(leaf.shape), 0)
  const specs = (on: 'smooth' | 'kinks', alone: Expr | undefined, draw: number): readonly ArgumentSpec[] => {
    const values = pointOf(e, draw, on, primitive.positive === true)
    return leaves.map((leaf) => {
      const name = String(leaf.attrs.name)
      const whole = leaf.dtype === 'f32' ? {} : { below: 4, dtype: leaf.dtype }
      const fixed = alone !== undefined && alone !== leaf
      return { name, shape: leaf.shape, values: values[name]!, ...whole, fixed }
    })
  }
  const one = (alone: Expr | undefined, read: (e: Expr) => Expr): Case => ({
    seed,
    size,
    of:
      (other) =>
      (...xs) => {
        const [y] = substitute([e], new Map([[node, { ...node, op: other }]]))
        return substitute([read(y!)], new Map(leaves.map((leaf, i) => [leaf, xs[i]!])))[0]!
      },
    smooth: specs('smooth', alone, seed),
    kinks: Array.from({ length: size < 8 ? 8 : 1 }, (_, i) => specs('kinks', alone, seed + 1000 * i)),
  })
  const whole = (y: Expr): Expr => y
  // forward mode has other things to do where only some arguments move
  const apart = moving.length > 1 && rule === 'jvp' ? moving : []
  return [
    one(undefined, whole),
    ...apart.map((leaf) => one(leaf, whole)),
    ...(e.body === undefined || rule !== 'vjp' ? [] : [one(undefined, inParts)]),
  ]
}
