/** Every primitive of the table, at random instances of its own. */
import type { Env } from '../../graph/evaluate.js'
import type { Expr, Primitive } from '../../graph/expr.js'
import { primitives } from '../../graph/primitives/table.js'
import { sizeOf } from '../../graph/shape.js'
import { topological } from '../../graph/topological.js'
import { uniforms } from '../../random/draw.js'
import { folded, key, named } from '../../random/key.js'
import type { ArgumentSpec } from '../argument.js'
import { asFunction } from '../asFunction.js'
import { onOddGrid } from '../argument.js'
import { differentiated } from './differentiated.js'
import type { Instance, Item } from './item.js'
import { undifferentiated } from './undifferentiated.js'

/** Where arguments are drawn when not between −2 and 2: off what has no derivative, and where there is no value at all. */
const ranges: Readonly<Record<string, readonly [number, number]>> = {
  sqrt: [0.5, 4.5],
  log: [0.5, 4.5],
  divide: [0.5, 4.5],
}

/** Whole numbers are below 3: rows that all tables of samples have. Words of a key may be anything. */
const belowOf = ({ dtype, shape }: Expr): number => (dtype === 'u8' ? 256 : shape.join() === '2' ? 2 ** 31 - 1 : 3)

const leavesOf = (e: Expr): readonly Expr[] => topological([e]).filter((leaf) => leaf.op.name === 'input')

const valueOf = (leaf: Expr, [low, high]: readonly [number, number], seed: number, below: number): Float64Array =>
  uniforms(named(key(seed), String(leaf.attrs.name)), sizeOf(leaf.shape)).map((u) =>
    leaf.dtype === 'f32' ? onOddGrid(u, low, high) : Math.floor(u * below),
  )

const instanceOf = (primitive: Primitive, e: Expr, i: number): Instance => {
  const range = ranges[primitive.name] ?? [-2, 2]
  const limit = (leaf: Expr): number => (primitive.name === 'random' ? belowOf(leaf) : leaf.dtype === 'u8' ? 256 : 3)
  const values = (seed: number): Env =>
    Object.fromEntries(
      leavesOf(e).map((leaf) => [String(leaf.attrs.name), valueOf(leaf, range, seed + i, limit(leaf))]),
    )
  const name = `sample ${i}`
  const flows = primitive.vjp !== undefined && leavesOf(e).some((leaf) => leaf.dtype === 'f32')
  if (!flows) return undifferentiated(name, e, values)
  return {
    name,
    check: (seed) => {
      const { f, args } = asFunction({ [primitive.name]: e }, values(seed))
      const below = (arg: ArgumentSpec): ArgumentSpec =>
        arg.below === undefined ? arg : { ...arg, below: arg.dtype === 'u8' ? 256 : 3 }
      return differentiated({ name: primitive.name, f, args: args.map(below) }).check(seed)
    },
  }
}

/** How many random instances of each primitive are checked. */
const samples = 5

/** All primitives but leaves. */
export const primitiveItems: readonly Item[] = primitives.flatMap((primitive): readonly Item[] => {
  const { name, sample, vjp } = primitive
  if (sample === undefined) return []
  const instances = Array.from({ length: samples }, (_, i) => instanceOf(primitive, sample(folded(key(7), i)), i))
  return [{ name, kind: 'primitive', instances, ...(vjp === undefined ? { note: 'no derivative' } : {}) }]
})
