/**
 * Columns of the last axis: a range of them, and tensors side by side. Each is the other's transpose, hence one file; the transpose of a
 * range is that range between columns of zeros, so a join has gaps.
 */
import { integers } from '../../random/draw.js'
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, columnsOf, rowsOf, sameShape, type Shape } from '../shape.js'
import { input } from './leaf.js'
import { assemble, type Part, slice } from './sliceAssemble.js'
import { moved } from './rounding.js'

const free = () => ({ macs: 0, operations: 0 })

const withColumns = (shape: Shape, columns: number): Shape => [...shape.slice(0, -1), columns]

const sampleShape = (rank: number, m: number, columns: number): Shape =>
  [[columns], [1 + m, columns], [2, 1 + m, columns], [2, 1 + m, 2, columns]][rank % 4] ?? []

/** First column of a `sliceLast` node. */
export const firstColumn = (e: Expr): number => Number(e.attrs.from)

/** First columns of the parts of a `joinLast` node, in order. */
export const partColumns = (e: Expr): readonly number[] => (typeof e.attrs.at === 'object' ? e.attrs.at : [])

export const sliceLastPrimitive: Primitive = {
  name: 'sliceLast',
  codegen: 'routine',
  vjp: (ct, e) => [placeLast([{ at: firstColumn(e), value: ct }], columnsOf(e.args[0]!.shape))],
  jvp: ([t], e) => (t === null || t === undefined ? null : sliceLast(t, firstColumn(e), columnsOf(e.shape))),
  error: moved,
  reference: ([x], out, e) => {
    const [m, n, all, from] = [rowsOf(e.shape), columnsOf(e.shape), columnsOf(e.args[0]!.shape), firstColumn(e)]
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[i * n + j] = x![i * all + from + j]!
  },
  cost: free,
  sample: (key) => {
    const [m = 0, n = 0, rank = 0, from = 0, count = 0] = integers(key, 5, 12)
    const first = from % (1 + n)
    return sliceLast(input('a', sampleShape(rank, m % 3, 1 + n)), first, 1 + (count % (1 + n - first)))
  },
}

export const joinLastPrimitive: Primitive = {
  name: 'joinLast',
  codegen: 'routine',
  vjp: (ct, e) => e.args.map((part, i) => sliceLast(ct, partColumns(e)[i]!, columnsOf(part.shape))),
  jvp: (tangents, e) => {
    const moving = tangents.flatMap((value, i) => (value === null ? [] : [{ at: partColumns(e)[i]!, value }]))
    return placeLast(moving, columnsOf(e.shape))
  },
  error: moved,
  reference: (args, out, e) => {
    const [m, all] = [rowsOf(e.shape), columnsOf(e.shape)]
    out.fill(0)
    args.forEach((part, p) => {
      const [n, at] = [columnsOf(e.args[p]!.shape), partColumns(e)[p]!]
      for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) out[i * all + at + j] = part[i * n + j]!
    })
  },
  cost: free,
  sample: (key) => {
    const [m = 0, n = 0, k = 0, rank = 0, gap = 0] = integers(key, 5, 9)
    const parts = [n, k, 0].map((columns, i) => input(`part${i}`, sampleShape(rank, m % 3, 1 + columns)))
    return gap % 3 === 0
      ? placeLast(
          [
            { at: 2, value: parts[0]! },
            { at: 4 + n, value: parts[1]! },
          ],
          7 + n + k,
        )
      : joinLast(parts)
  },
}

/** Tensors of one shape but for their columns, each from the column `at` on of a tensor of `columns`; zeros elsewhere. */
export const placeLast = (parts: readonly Part[], columns: number): Expr => {
  const [first] = parts
  if (parts.length === 1 && first !== undefined && columnsOf(first.value.shape) === columns) return first.value
  const shape = withColumns(first?.value.shape ?? [], columns)
  if (shape.length === 1) return assemble(columns, parts)
  return node(
    joinLastPrimitive,
    parts.map((p) => p.value),
    shape,
    { at: parts.map((p) => p.at) },
  )
}

/** Columns `from` to `from + count` of the last axis: `[..., n]` → `[..., count]`. All of them: `x` itself. */
export const sliceLast = (x: Expr, from: number, count: number): Expr => {
  const whole = Number.isInteger(from) && Number.isInteger(count) && from >= 0 && count >= 1
  const columns = columnsOf(x.shape)
  assertShape(
    x.shape.length >= 1 && whole && from + count <= columns,
    'sliceLast',
    `${count} columns from ${from} inside of the last axis`,
    x.shape,
  )
  if (count === columns) return x
  const shape = withColumns(x.shape, count)
  return shape.length === 1 ? slice(x, from, shape) : node(sliceLastPrimitive, [x], shape, { from })
}

/** Tensors side by side along the last axis: `[..., a]`, `[..., b]`, … → `[..., a + b + …]`, all other axes equal. */
export const joinLast = (parts: readonly Expr[]): Expr => {
  const [first] = parts
  if (first === undefined) throw new Error('joinLast: expected one tensor or more, got none')
  assertShape(
    first.shape.length >= 1 && parts.every((p) => sameShape(p.shape.slice(0, -1), first.shape.slice(0, -1))),
    'joinLast',
    'tensors of one or more axes that differ in the last one only',
    ...parts.map((p) => p.shape),
  )
  let columns = 0
  const placed = parts.map((value): Part => {
    columns += columnsOf(value.shape)
    return { at: columns - columnsOf(value.shape), value }
  })
  return placeLast(placed, columns)
}
