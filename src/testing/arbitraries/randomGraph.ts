/** Random graphs over inputs and blocks, from a seed and a size, so that shrinking means fewer nodes and smaller shapes. */
import type { Expr } from '../../graph/expr.js'
import * as o from '../../graph/ops.js'
import { sizeOf } from '../../graph/shape.js'
import { uniforms } from '../../random/draw.js'
import { folded, key, named } from '../../random/key.js'
import { anything, type Menu } from './menu.js'

/** New values of blocks and outputs, as a program takes them, with values for every leaf. */
export interface RandomGraph {
  readonly updates: Readonly<Record<string, Expr>>
  readonly outputs: Readonly<Record<string, Expr>>
  readonly env: Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>
  readonly blocks: readonly Expr[]
}

const grid = (u: number): number => (Math.floor(u * 8192) - 4096) / 1024 + 1 / 2048

const tableRows = 5

/**
 * A graph of about `nodes` operations over matrices of at most `limit` rows and columns. `menu` absent: any operation on any values,
 * so infinities and NaN occur.
 */
export const randomGraph = (seed: number, nodes: number, limit: number, menu: Menu = anything): RandomGraph => {
  const base = key(seed)
  let count = 0
  const u = (): number => uniforms(folded(named(base, 'choice'), count++), 1)[0] ?? 0
  const pick = <A>(xs: readonly A[]): A => xs[Math.floor(u() * xs.length)]!
  const axis = (): number => 1 + Math.floor(u() * limit)
  const dims = [axis(), axis(), axis()] as const
  const env: Record<string, Float32Array | Int32Array | Uint8Array> = {}
  const fill = (e: Expr): Expr => {
    const name = String(e.attrs.name)
    const draws = uniforms(named(base, name), sizeOf(e.shape))
    if (e.dtype === 'u8') env[name] = Uint8Array.from(draws, (d) => Math.floor(d * 256))
    else if (e.dtype === 'i32') env[name] = Int32Array.from(draws, (d) => Math.floor(d * tableRows))
    else env[name] = Float32Array.from(draws, grid)
    return e
  }
  const flatSize = dims[0] * dims[1] + dims[1] + 3
  const flat = fill(o.block('flat', [flatSize]))
  const anchor = fill(o.block('anchor', [flatSize]))
  const scalar = fill(o.block('scalar'))
  const matrix = fill(o.block('matrix', [dims[0], dims[1]]))
  const table = fill(o.block('table', [tableRows, dims[1]], 'u8'))
  const columns = fill(o.block('columns', [tableRows, dims[1]]))
  const indices = fill(o.input('indices', [dims[2]], 'i32'))
  const x = fill(o.input('x', [dims[2], dims[0]]))
  // for draws in the graph
  fill(o.input('key', [2], 'i32'))
  const s = fill(o.input('s'))
  const pool: Expr[] = [
    flat,
    anchor,
    scalar,
    matrix,
    s,
    x,
    o.slice(matrix, 0, [dims[1]]),
    o.slice(flat, 0, [dims[0], dims[1]]),
    o.slice(flat, dims[0] * dims[1], [dims[1]]),
    o.rows(table, indices),
    o.rows(columns, indices),
    o.oneHot(indices, dims[1]),
    o.literal(0.75),
    o.zeros([dims[0], dims[1]]),
  ]
  const matrices = (): readonly Expr[] => pool.filter((e) => e.shape.length === 2)
  const two = (): readonly [Expr, Expr] => {
    const a = pick(pool)
    const fits = pool.filter((b) => {
      const last = a.shape[a.shape.length - 1]
      return (
        b.shape.join() === a.shape.join() ||
        sizeOf(b.shape) === 1 ||
        (b.shape.length === 1 && a.shape.length === 2 && b.shape[0] === last)
      )
    })
    return [a, pick(fits)]
  }
  const unary = menu.unary(scalar)
  const product = (): Expr => {
    const a = pick(matrices())
    const [ta, tb] = [u() < 0.5, u() < 0.5]
    const k = a.shape[ta ? 0 : 1]
    const partners = matrices().filter((b) => b.shape[tb ? 1 : 0] === k)
    if (partners.length === 0) return o.sum(a, 0)
    const b = pick(partners)
    const inits = pool.filter((e) => e.shape.length === 1 && e.shape[0] === b.shape[tb ? 0 : 1])
    return inits.length > 0 && u() < 0.5 ? o.dot(a, b, { ta, tb, init: pick(inits) }) : o.dot(a, b, { ta, tb })
  }
  for (let i = 0; i < nodes; i++) {
    const kind = u()
    const next = (): Expr => {
      if (kind < 0.35) return menu.binary[Math.floor(u() * menu.binary.length)]!(...two())
      if (kind < 0.65) return pick(unary)(pick(pool))
      if (kind < 0.85) return product()
      const m = pick(matrices())
      return pick([...menu.ofMatrix, () => (m.shape[0]! < tableRows ? m : o.rows(m, indices))])(m)
    }
    const made = next()
    if (sizeOf(made.shape) < 4000 && menu.accepts(made, env)) pool.push(made)
  }
  const likeFlat = pool.filter((e) => e.shape.length === 1 && e.shape[0] === flatSize)
  const scalars = pool.filter((e) => e.shape.length === 0)
  const likeMatrix = pick(pool.filter((e) => e.shape.join() === matrix.shape.join()).slice(-3))
  return {
    updates: {
      flat: o.sub(pick(likeFlat), o.mul(0.5, anchor)),
      anchor: pick(likeFlat),
      scalar: pick(scalars),
      matrix: likeMatrix,
    },
    outputs: Object.fromEntries([...pool.slice(-6), o.sum(likeMatrix)].map((e, i) => [`out${i}`, e])),
    env,
    blocks: [flat, anchor, scalar, matrix, table, columns],
  }
}
