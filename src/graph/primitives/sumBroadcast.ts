/**
 * Sums and broadcasts: each is the other's transpose, hence one file.
 * A sum over the last axis or over everything uses four f64 lanes by index mod 4, combined (l0+l2)+(l1+l3), rounded once;
 * a sum over all axes but the last takes them as rows, in memory order, and adds those in f32 from +0.
 */
import { integers } from '../../random/draw.js'
import type { Key } from '../../random/key.js'
import { type Expr, node, type Primitive, type Round, type Vector } from '../expr.js'
import { assertShape, columnsOf, fits, isColumn, rowsOf, sameShape, type Shape, sizeOf } from '../shape.js'
import { input, literal } from './leaf.js'
import { reshape } from './reshape.js'
import { addedInTurn, addedWide, moved } from './rounding.js'

/** Over which axes a sum runs. */
export type SumAxes = 'all' | 'last' | 'leading'

const laneSum = (x: Vector, from: number, n: number, round: Round): number => {
  const l = [0, 0, 0, 0]
  for (let i = 0; i < n; i++) l[i & 3]! += x[from + i]!
  return round(l[0]! + l[2]! + (l[1]! + l[3]!))
}

const axesOf = ({ attrs: { axes } }: Expr): SumAxes => (axes === 'last' || axes === 'leading' ? axes : 'all')

export const sumPrimitive: Primitive = {
  name: 'sum',
  codegen: 'reduce',
  vjp: (ct, e) => {
    const x = e.args[0]
    if (x === undefined) return []
    const column = e.attrs.axes === 'last' ? reshape(ct, [sizeOf(ct.shape), 1]) : ct
    return [broadcast(column, x.shape)]
  },
  jvp: ([t], e) => (t ? sum(t, axesOf(e)) : null),
  error: (args, e, value) => (e.attrs.axes === 'leading' ? addedInTurn : addedWide)(args, e, value),
  reference: ([x], out, e, round) => {
    const shape = e.args[0]?.shape ?? []
    const [m, n] = [rowsOf(shape), columnsOf(shape)]
    if (x === undefined) return
    if (e.attrs.axes === 'all') out[0] = laneSum(x, 0, m * n, round)
    else if (e.attrs.axes === 'last') for (let i = 0; i < m; i++) out[i] = laneSum(x, i * n, n, round)
    else {
      out.fill(0)
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[j] = round(out[j]! + x[i * n + j]!)
    }
  },
  cost: (e) => ({ macs: 0, operations: sizeOf(e.args[0]?.shape ?? []) }),
  sample: (key: Key) => {
    const [m = 1, n = 1, axes = 0, rank = 1] = integers(key, 4, 6)
    const shape = [[1 + n], [1 + m, 1 + n], [2, 1 + m, 1 + n], [2, 1 + m, 3, 1 + n]][rank % 4] ?? []
    const over = shape.length === 1 ? 'all' : (['all', 'last', 'leading'] as const)[axes % 3]
    return sum(input('a', shape), over)
  },
}

/**
 * Sum over everything (→ `[]`), over the last axis (`[m, n]` → `[m]`, `[n, h, w, c]` → `[n, h, w]`) or over all axes but the
 * last (`[m, n]` → `[n]`, `[n, h, w, c]` → `[c]`). The last two need two axes or more.
 */
export const sum = (x: Expr, axes: SumAxes = 'all'): Expr => {
  assertShape(axes === 'all' || x.shape.length >= 2, 'sum', `two axes or more for a sum over '${axes}'`, x.shape)
  const shape = axes === 'all' ? [] : axes === 'last' ? x.shape.slice(0, -1) : [columnsOf(x.shape)]
  return node(sumPrimitive, [x], shape, { axes })
}

/** How a broadcast reads its argument. */
export const broadcastMode = (e: Expr): 'scalar' | 'row' | 'column' => {
  const from = e.args[0]?.shape ?? []
  if (sizeOf(from) === 1) return 'scalar'
  return isColumn(from, e.shape) ? 'column' : 'row'
}

export const broadcastPrimitive: Primitive = {
  name: 'broadcast',
  codegen: 'load',
  vjp: (ct, e) => {
    const x = e.args[0]
    if (x === undefined) return []
    const mode = broadcastMode(e)
    const matrix = ct.shape.length >= 2 ? ct : reshape(ct, [1, sizeOf(ct.shape)])
    return [reshape(mode === 'scalar' ? sum(ct) : sum(matrix, mode === 'row' ? 'leading' : 'last'), x.shape)]
  },
  jvp: ([t], e) => (t ? broadcast(t, e.shape) : null),
  error: moved,
  reference: ([x], out, e) => {
    const mode = broadcastMode(e)
    const n = columnsOf(e.shape)
    for (let i = 0; i < out.length; i++)
      out[i] = x?.[mode === 'scalar' ? 0 : mode === 'row' ? i % n : Math.floor(i / n)] ?? 0
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: (key: Key) => {
    const [m = 1, n = 1, kind = 0] = integers(key, 3, 6)
    const matrix = [1 + m, 1 + n]
    const images = [2, 1 + m, 3, 1 + n]
    const cases = [
      [[], [1 + n]],
      [[1 + n], matrix],
      [[1 + m, 1], matrix],
      [[1 + n], images],
      [[2, 1 + m, 3, 1], images],
      [[6 + 6 * m, 1], images],
    ]
    const [from = [], to = []] = cases[kind] ?? []
    return broadcast(input('a', from), to)
  },
}

/**
 * Repeats a scalar, a row `[n]` or a column to `shape`; a column has one entry for each row: `[m, 1]`, with m all axes but the
 * last taken together, or the axes of `shape` with 1 in place of the last. The identity when the shapes are equal.
 */
export const broadcast = (x: Expr, shape: Shape): Expr => {
  if (sameShape(x.shape, shape)) return x
  assertShape(
    fits(x.shape, shape),
    'broadcast',
    'a scalar, a row [n] or a column [m, 1] of the second shape',
    x.shape,
    shape,
  )
  return node(broadcastPrimitive, [x], shape)
}

/** Zeros of the shape of `x`. */
export const zerosLike = (x: Expr): Expr => broadcast(literal(0), x.shape)
