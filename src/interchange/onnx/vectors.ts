/** Views, ranges, rows and what puts them together: no number is computed here. */
import type { Expr } from '../../graph/expr.js'
import { firstColumn, partColumns } from '../../graph/primitives/joinLast.js'
import { orderOf } from '../../graph/primitives/permute.js'
import { partOffsets } from '../../graph/primitives/sliceAssemble.js'
import { sizeOf } from '../../graph/shape.js'
import { type Dim, fixedOf, isOne, productOf, sameDim } from './dims.js'
import type { Value } from './emitter.js'
import { arg, type Scene, type Translation } from './translation.js'

const flat = (s: Scene, value: Value): Value => s.emit.reshape(value, [productOf(value.dims, s.emit.batches)])

const plus = (a: Dim, b: Dim): Dim => a.map((v, i) => v + b[i]!)
const minus = (a: Dim, b: Dim): Dim => a.map((v, i) => v - b[i]!)

/** Entries `from` to `from + count` of the last axis. */
const range = (s: Scene, value: Value, from: Dim, count: Dim): Value => {
  const last = value.dims.length - 1
  if (fixedOf(from) === 0 && sameDim(value.dims[last]!, count)) return value
  const ends = [s.emit.lengths([from]), s.emit.lengths([plus(from, count)]), s.emit.whole([last])]
  return s.emit.op('Slice', [value, ...ends], [...value.dims.slice(0, -1), count], {}, value.type)
}

const concat = (s: Scene, values: readonly Value[], axis: number): Value => {
  const first = values[0]!
  if (values.length === 1) return first
  const length = values.reduce<Dim>((n, v) => plus(n, v.dims[axis]!), s.emit.dim(0))
  const dims = first.dims.map((d, i) => (i === axis ? length : d))
  return s.emit.op('Concat', values, dims, { axis }, first.type)
}

/** A range of the value of a loop: where it lies within one part, of that part alone. */
const ofLoop = (s: Scene, parts: readonly Value[], from: Dim, count: Dim): Value => {
  let at = s.emit.dim(0)
  for (const part of parts) {
    const size = productOf(part.dims, s.emit.batches)
    const inside = from.every((f, i) => f >= at[i]! && f + count[i]! <= at[i]! + size[i]!)
    if (inside) return rowsOf(s, part, minus(from, at), count)
    at = plus(at, size)
  }
  return range(
    s,
    concat(
      s,
      parts.map((part) => flat(s, part)),
      0,
    ),
    from,
    count,
  )
}

/** Elements `from` to `from + count` of a part, as whole rows of its first axis where they are that. */
const rowsOf = (s: Scene, part: Value, from: Dim, count: Dim): Value => {
  const [all, ...rest] = part.dims
  // one number
  if (all === undefined) return part
  const row = productOf(rest, s.emit.batches)
  const [first, many] = [from.map((f, i) => f / row[i]!), count.map((c, i) => c / row[i]!)]
  if (![...first, ...many].every(Number.isInteger)) return range(s, flat(s, part), from, count)
  if (fixedOf(first) === 0 && sameDim(many, all)) return part
  const ends = [s.emit.lengths([first]), s.emit.lengths([plus(first, many)]), s.emit.whole([0])]
  return s.emit.op('Slice', [part, ...ends], [many, ...rest], {}, part.type)
}

const slice: Translation = (e, s) => {
  const x = arg(e, 0)
  const from = s.number(e, (twin) => Number(twin.attrs.from))
  const count = s.number(e, (twin) => sizeOf(twin.shape))
  const parts = s.parts.get(x)
  if (parts !== undefined) return s.emit.reshape(ofLoop(s, parts, from, count), s.dims(e))
  const value = s.of(x)
  const [at, size] = [fixedOf(from), fixedOf(count)]
  if (value.numbers !== undefined && value.dims.length === 1 && at !== undefined && size !== undefined)
    return s.emit.constant(value.numbers.subarray(at, at + size), e.shape, s.nameOf(value.name, at, size))
  return s.emit.reshape(range(s, s.exact(x), from, count), s.dims(e))
}

/** Values along `axis`, each from its place on, with zeros between them and up to `total`. */
const placed = (s: Scene, values: readonly Value[], places: readonly Dim[], total: Dim, axis: number): Value => {
  const parts: Value[] = []
  const others = values[0]!.dims
  let end = s.emit.dim(0)
  const pad = (to: Dim): void => {
    const gap = minus(to, end)
    const dims = others.map((d, i) => (i === axis ? gap : d))
    if (fixedOf(gap) !== 0) parts.push(s.emit.exact(s.emit.literal(0), dims))
  }
  values.forEach((value, i) => {
    pad(places[i]!)
    parts.push(value)
    end = plus(places[i]!, value.dims[axis]!)
  })
  pad(total)
  return concat(s, parts, axis)
}

const assemble: Translation = (e, s) => {
  const values = e.args.map((part) => flat(s, s.exact(part)))
  const places = e.args.map((_, i) => s.number(e, (twin) => partOffsets(twin)[i] ?? 0))
  return placed(s, values, places, s.dims(e)[0]!, 0)
}

const joinLast: Translation = (e, s) => {
  const last = e.shape.length - 1
  const places = e.args.map((_, i) => s.number(e, (twin) => partColumns(twin)[i] ?? 0))
  return placed(s, e.args.map(s.exact), places, s.dims(e)[last]!, last)
}

const reshape: Translation = (e, s) => {
  const value = s.of(arg(e, 0))
  if (value.dims.every(isOne)) return s.emit.reshape(value, [])
  return s.emit.reshape(s.exact(arg(e, 0)), s.dims(e))
}

const rows: Translation = (e, s) => {
  const [table, indices] = [s.exact(arg(e, 0)), s.exact(arg(e, 1))]
  const taken = s.emit.op('Gather', [table, indices], s.dims(e), { axis: 0 }, table.type)
  return table.type === 'f32' ? taken : s.emit.op('Cast', [taken], s.dims(e), { to: 1 })
}

/** Whether index and column are equal, as 0 and 1: an index outside of all columns gives zeros, which `OneHot` does not. */
const hot = (s: Scene, indices: Expr, classes: number): Value => {
  const n = s.dims(indices)[0]!
  const column = s.emit.reshape(s.exact(indices), [n, s.emit.dim(1)])
  const numbers = s.emit.constant(
    Int32Array.from({ length: classes }, (_, k) => k),
    [classes],
    `numbers ${classes}`,
  )
  const dims = [n, s.emit.dim(classes)]
  return s.emit.op('Cast', [s.emit.op('Equal', [column, numbers], dims, {}, 'bool')], dims, { to: 1 })
}

/** By name of the primitive. */
export const vectors: Readonly<Record<string, Translation>> = {
  assemble,
  joinLast,
  oneHot: (e, s) => hot(s, arg(e, 0), e.shape[1] ?? 1),
  permute: (e, s) => s.emit.op('Transpose', [s.exact(arg(e, 0))], s.dims(e), { perm: orderOf(e) }),
  reshape,
  rows,
  scatterAdd: (e, s) => {
    const [values, indices] = [arg(e, 0), arg(e, 1)]
    return s.emit.op('Gemm', [hot(s, indices, e.shape[0] ?? 1), s.exact(values)], s.dims(e), { transA: 1 })
  },
  slice,
  sliceLast: (e, s) => {
    const from = s.number(e, firstColumn)
    return range(s, s.exact(arg(e, 0)), from, s.dims(e)[e.shape.length - 1]!)
  },
}
