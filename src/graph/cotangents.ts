/** Adding the contributions to one node's cotangent. */
import type { Expr } from './expr.js'
import { add } from './primitives/add.js'
import { joinLastPrimitive, partColumns, placeLast } from './primitives/joinLast.js'
import { reshape } from './primitives/reshape.js'
import { assemble, assemblePrimitive, type Part, partOffsets } from './primitives/sliceAssemble.js'
import { columnsOf, type Shape, sizeOf } from './shape.js'

const partsOf = (e: Expr): readonly Part[] => partOffsets(e).map((at, i) => ({ at, value: e.args[i] ?? e }))

/**
 * Sum of contributions. Those that come from slices of a flat vector are first merged range by range into one `assemble`
 * (equal ranges added in order of arrival), so that each layer writes its gradient straight into place; then the rest follows
 * in order of arrival. Slices that overlap without being equal are added as whole vectors. So it is with columns of the last axis.
 */
export const addCotangents = (contributions: readonly Expr[]): Expr => {
  const [first, ...others] = contributions
  if (first === undefined) throw new Error('addCotangents: nothing to add')
  if (others.length === 0) return first
  const slices = contributions.filter((c) => c.op === assemblePrimitive)
  const columns = contributions.filter((c) => c.op === joinLastPrimitive)
  const rest = contributions.filter((c) => c.op !== assemblePrimitive && c.op !== joinLastPrimitive)
  const merged = slices.length === 0 ? [] : merge(sizeOf(first.shape), slices.flatMap(partsOf))
  return [...merged, ...mergeColumns(columns), ...rest].reduce((a, b) => add(a, b))
}

const mergeColumns = (contributions: readonly Expr[]): readonly Expr[] => {
  const [first, ...others] = contributions
  if (first === undefined || others.length === 0) return contributions
  const parts = contributions.flatMap((c) => c.args.map((value, i) => ({ at: partColumns(c)[i] ?? 0, value })))
  const { ranges, disjoint } = rangesOf(parts, columnsOf)
  return disjoint ? [placeLast(ranges, columnsOf(first.shape))] : contributions
}

const merge = (size: number, parts: readonly Part[]): readonly Expr[] => {
  const { ranges, disjoint } = rangesOf(parts, sizeOf)
  return disjoint ? [assemble(size, ranges)] : ranges.map((p) => assemble(size, [p]))
}

/** Parts in the order of their places, those of equal range added in order of arrival, and whether none overlaps another. */
const rangesOf = (
  parts: readonly Part[],
  lengthOf: (shape: Shape) => number,
): { readonly ranges: readonly Part[]; readonly disjoint: boolean } => {
  const known = new Map<string, Part>()
  for (const { at, value } of parts) {
    const key = `${at}:${lengthOf(value.shape)}`
    const other = known.get(key)
    known.set(key, { at, value: other === undefined ? value : add(other.value, reshape(value, other.value.shape)) })
  }
  const ranges = [...known.values()].sort((p, q) => p.at - q.at)
  const ends = ranges.map(({ at, value }) => at + lengthOf(value.shape))
  return { ranges, disjoint: ranges.every(({ at }, i) => i === 0 || at >= ends[i - 1]!) }
}
