/**
 * Contiguous ranges of a flat vector, and a flat vector put together from ranges: each is the other's transpose.
 * `slice` is a view; the parts of `assemble` are computed in place where the plan allows it.
 */
import { type Expr, node, type Primitive } from '../expr.js'
import { assertShape, type Shape, sizeOf } from '../shape.js'
import { input } from './leaf.js'
import { reshape } from './reshape.js'
import { moved } from './rounding.js'

export const slicePrimitive: Primitive = {
  name: 'slice',
  codegen: 'view',
  takesIntegers: true,
  vjp: (ct, e) => [assemble(sizeOf(e.args[0]?.shape ?? []), [{ at: Number(e.attrs.from), value: ct }])],
  jvp: ([t], e) => (t ? rangeOf(t, Number(e.attrs.from), e.shape) : null),
  error: moved,
  reference: ([x], out, e) => {
    const from = Number(e.attrs.from)
    for (let i = 0; i < out.length; i++) out[i] = x?.[from + i] ?? 0
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: () => slice(input('a', [9]), 2, [2, 3]),
}

/** As `slice`; of an assembled vector, the part itself that the range lies in. */
const rangeOf = (x: Expr, from: number, shape: Shape): Expr => {
  const starts = x.op === assemblePrimitive ? partOffsets(x) : []
  const i = starts.findIndex((at, k) => at <= from && from + sizeOf(shape) <= at + sizeOf(x.args[k]!.shape))
  return i < 0 ? slice(x, from, shape) : slice(x.args[i]!, from - starts[i]!, shape)
}

/** Elements `from` to `from + size(shape)` of `x` read as a flat vector, as `shape`. Throws outside of `x`. */
export const slice = (x: Expr, from: number, shape: Shape): Expr => {
  const inside = Number.isInteger(from) && from >= 0 && from + sizeOf(shape) <= sizeOf(x.shape)
  assertShape(inside, `slice from ${from}`, 'a range inside the first shape', x.shape, shape)
  if (x.shape.length !== 1) return slice(reshape(x, [sizeOf(x.shape)]), from, shape)
  if (x.op === slicePrimitive && x.args[0] !== undefined) return slice(x.args[0], Number(x.attrs.from) + from, shape)
  return node(slicePrimitive, [x], shape, { from }, x.dtype)
}

/** One part of an assembled vector: `value`'s elements start at `at`. */
export interface Part {
  readonly at: number
  readonly value: Expr
}

export const assemblePrimitive: Primitive = {
  name: 'assemble',
  codegen: 'routine',
  vjp: (ct, e) => e.args.map((part, i) => slice(ct, partOffsets(e)[i] ?? 0, part.shape)),
  jvp: (tangents, e) =>
    assemble(
      sizeOf(e.shape),
      tangents.flatMap((value, i) => (value === null ? [] : [{ at: partOffsets(e)[i]!, value }])),
    ),
  error: moved,
  reference: (args, out, e) => {
    out.fill(0)
    args.forEach((part, i) => {
      out.set(part, partOffsets(e)[i] ?? 0)
    })
  },
  cost: () => ({ macs: 0, operations: 0 }),
  sample: () =>
    assemble(9, [
      { at: 0, value: input('a', [2, 2]) },
      { at: 6, value: input('b', [3]) },
    ]),
}

/** Offsets of the parts of an `assemble` node, in order. */
export const partOffsets = (e: Expr): readonly number[] => {
  const { at } = e.attrs
  return typeof at === 'object' ? at : []
}

/** A vector of `size` with each part at its place and zeros elsewhere. Parts must not overlap. */
export const assemble = (size: number, parts: readonly Part[]): Expr => {
  const shaped = parts.map(({ at, value }) => ({ at, value: value.shape.length === 0 ? reshape(value, [1]) : value }))
  const sorted = shaped.sort((p, q) => p.at - q.at)
  let end = 0
  for (const { at, value } of sorted) {
    assertShape(
      Number.isInteger(at) && at >= end && at + sizeOf(value.shape) <= size,
      `assemble at ${at}`,
      `disjoint parts within [${size}]`,
      value.shape,
    )
    end = at + sizeOf(value.shape)
  }
  const only = sorted[0]
  if (sorted.length === 1 && only !== undefined && sizeOf(only.value.shape) === size) return reshape(only.value, [size])
  return node(
    assemblePrimitive,
    sorted.map((p) => p.value),
    [size],
    { at: sorted.map((p) => p.at) },
  )
}
