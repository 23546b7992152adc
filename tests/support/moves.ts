/** Random graphs of what moves, ranks and draws numbers, over up to four axes and inside of loops, from a seed. */
import type { Expr } from '../../src/graph/expr.js'
import * as o from '../../src/graph/ops.js'
import { columnsOf, type Shape, sameShape, sizeOf } from '../../src/graph/shape.js'
import { permutation, uniforms } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

export interface Moves {
  readonly roots: readonly Expr[]
  readonly leaves: readonly Expr[]
  readonly env: Readonly<Record<string, ArrayLike<number>>>
}

const special = [0, -0, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -130), 3.4e38]
const lanes = [o.tanh, o.sigmoid, o.erf, o.sin, o.cos, o.relu, o.neg, o.abs]

/** About `nodes` operations on axes of at most `limit`; every fifth number is a special one in a third of the graphs. */
export const randomMoves = (seed: number, nodes: number, limit: number): Moves => {
  const base = key(seed)
  let drawn = 0
  const u = (): number => uniforms(folded(base, drawn++), 1)[0]!
  const below = (n: number): number => Math.floor(u() * n)
  const pick = <A>(xs: readonly A[]): A => xs[below(xs.length)]!
  const axis = (): number => (u() < 0.25 ? 1 : 1 + below(limit))
  const isSpecial = u() < 1 / 3
  const env: Record<string, ArrayLike<number>> = { key: [below(2 ** 31), -below(2 ** 31)], keys: [1, 2, 3, 4, 5] }
  // fed, or a part of a block that begins anywhere
  const source = u() < 0.5 ? o.input('key', [2], 'i32') : o.slice(o.block('keys', [5], 'i32'), below(4), [2])
  const random = (shape: Shape): Expr => o.random(source, pick(['a', 'b']), shape)
  const leaf = (name: string, shape: Shape): Expr => {
    env[name] = Float32Array.from(uniforms(named(base, name), sizeOf(shape)), (v, i) =>
      isSpecial && i % 5 === 0 ? pick(special) : (Math.floor(v * 64) - 32) / 8,
    )
    return u() < 0.5 ? o.input(name, shape) : o.block(name, shape)
  }
  const columns = (e: Expr): Expr => {
    const from = below(columnsOf(e.shape))
    return o.sliceLast(e, from, 1 + below(columnsOf(e.shape) - from))
  }
  const menu: readonly ((e: Expr) => Expr)[] = [
    (e) => o.permute(e, [...permutation(folded(named(base, 'order'), drawn++), e.shape.length)]),
    (e) => o.permute(e, [...e.shape.keys()].toReversed()),
    columns,
    (e) => o.joinLast([e, columns(e), o.neg(e), columns(e)].slice(0, 1 + below(4))),
    o.rankLast,
    (e) => pick(lanes)(e),
    (e) => o.add(e, random(e.shape)),
    (e) => (sizeOf(e.shape) % 2 === 0 ? o.reshape(e, [sizeOf(e.shape) / 2, 2]) : o.mul(e, 0.5)),
  ]
  const looped = (e: Expr): Expr => {
    const [, ...rest] = e.shape
    const { outputs, states, sums } = o.scan(
      { states: { h: o.zeros(rest) }, inputs: { x: e }, reverse: u() < 0.3 },
      ({ h }, { x }) => {
        const first = o.add(h, x)
        let y = first
        for (let i = 0; i <= below(3) && y.shape.length > 0; i++) y = pick(menu)(y)
        const next = sameShape(y.shape, rest) ? o.tanh(y) : o.add(o.mul(first, 0.5), o.mul(o.sum(y), 0.125))
        return { states: { h: next }, outputs: { y }, sums: { t: first } }
      },
    )
    return pick([outputs.y, states.h, sums.t])
  }
  const leaves = [leaf('x', Array.from({ length: 1 + below(4) }, axis)), leaf('m', [axis(), axis()])]
  const pool: Expr[] = [...leaves, random([axis(), axis()]), random([1 + below(70)])]
  for (let i = 0; i < nodes; i++) {
    const e = pick(pool.slice(-6))
    const made = e.shape.length === 0 ? o.neg(e) : (u() < 0.15 ? looped : pick(menu))(e)
    if (sizeOf(made.shape) < 4000 && made.shape.length <= 4) pool.push(made)
  }
  return { roots: pool.slice(-5), leaves, env }
}
