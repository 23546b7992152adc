/** Adding the contributions to one node's cotangent. */
import type { Expr } from './expr.js'
import { add } from './primitives/add.js'
import { joinLastPrimitive, partColumns, placeLast } from './primitives/joinLast.js'
import { reshape } from './primitives/reshape.js'
import { assemble, assemblePrimitive, type Part, partOffsets } from './primitives/sliceAssemble.js'
import { columnsOf, sizeOf } from './shape.js'

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
  const ranges = new Map<string, Part>()
  for (const c of contributions)
    c.args.forEach((value, i) => {
      const at = partColumns(c)[i] ?? 0
      const key = `${at}:${columnsOf(value.shape)}`
      const known = ranges.get(key)
      ranges.set(key, { at, value: known === undefined ? value : add(known.value, value) })
    })
  const sorted = [...ranges.values()].sort((p, q) => p.at - q.at)
  const disjoint = sorted.every((p, i) => i === 0 || p.at >= sorted[i - 1]!.at + columnsOf(sorted[i - 1]!.value.shape))
  return disjoint ? [placeLast(sorted, columnsOf(first.shape))] : contributions
}

const merge = (size: number, parts: readonly Part[]): readonly Expr[] => {
  const ranges = new Map<string, Part>()
  for (const { at, value } of parts) {
    const key = `${at}:${sizeOf(value.shape)}`
    const known = ranges.get(key)
    ranges.set(key, { at, value: known === undefined ? value : add(known.value, reshape(value, known.value.shape)) })
  }
  const sorted = [...ranges.values()].sort((p, q) => p.at - q.at)
  const disjoint = sorted.every((p, i) => i === 0 || p.at >= sorted[i - 1]!.at + sizeOf(sorted[i - 1]!.value.shape))
  return disjoint ? [assemble(size, sorted)] : sorted.map((p) => assemble(size, [p]))
}
