/**
 * Axes in another order. Axes that stay together are one; then rows are copied where the last axis stays the last, and tiles of four by
 * four are turned where it does not.
 */
import type { Expr } from '../../graph/expr.js'
import { orderOf, stridesOf } from '../../graph/primitives/permute.js'
import { words } from '../gemm/pack.js'
import type { Routine } from '../routine.js'
import { copyValues, loadVector, storeVector } from '../vector.js'
import type { FunctionBody, Local } from '../wasmFunction.js'

/** One axis: its length, and the elements from one entry to the next in the argument and in the result. */
interface Axis {
  readonly length: number
  readonly from: number
  readonly to: number
}

/** The axes of a `permute` node in the order of the result, without those of length 1, those that stay together taken as one. */
const axesOf = (e: Expr): readonly Axis[] => {
  const [from, to] = [stridesOf(e.args[0]!.shape), stridesOf(e.shape)]
  return orderOf(e)
    .map((axis, i): Axis => ({ length: e.shape[i]!, from: from[axis]!, to: to[i]! }))
    .filter(({ length }) => length > 1)
    .reduce<readonly Axis[]>((axes, axis) => {
      const before = axes.at(-1)
      if (before === undefined || before.from !== axis.from * axis.length) return [...axes, axis]
      return [...axes.slice(0, -1), { ...axis, length: before.length * axis.length }]
    }, [])
}

interface Pointers {
  readonly from: Local
  readonly to: Local
}

/** Emits `body` `count` times, with the pointers moved along the axis by `step` entries each time; afterwards they are where they were. */
const emitAlong = (
  f: FunctionBody,
  { from, to }: Pointers,
  axis: Axis,
  step: number,
  count: number,
  body: () => void,
): void => {
  f.forRange(f.local('i32'), 0, count, 1, () => {
    body()
    f.increment(from, 4 * step * axis.from)
    f.increment(to, 4 * step * axis.to)
  })
  f.increment(from, -4 * step * count * axis.from)
  f.increment(to, -4 * step * count * axis.to)
}

/** Emits `tile` over an axis cut into fours and a rest; the pointers stand at the tile. */
const emitFours = (f: FunctionBody, p: Pointers, axis: Axis, tile: (offset: number, entries: number) => void): void => {
  const [whole, rest] = [Math.floor(axis.length / 4), axis.length % 4]
  emitAlong(f, p, axis, 4, whole, () => tile(0, 4))
  if (rest > 0) tile(4 * whole, rest)
}

/** A tile of `rows` × `columns` entries: rows run across `read` in the result, columns across `written` in the argument. */
const emitTile = (
  f: FunctionBody,
  { from, to }: Pointers,
  { loads, stores }: { readonly loads: readonly number[]; readonly stores: readonly number[] },
  values: readonly Local[],
  halves: readonly Local[],
): void => {
  loads.forEach((at, i) => {
    loadVector(f, from, at, stores.length)
    f.set(values[i]!)
  })
  const [a, b, c, d] = values
  const [low, high] = halves
  for (const first of [0, 2].slice(0, Math.ceil(stores.length / 2))) {
    const chosen = first === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]
    words(f, a!, b!, chosen)
    f.set(low!)
    words(f, c!, d!, chosen)
    f.set(high!)
    for (const k of [0, 1])
      if (first + k < stores.length)
        storeVector(
          f,
          to,
          () => words(f, low!, high!, k === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]),
          stores[first + k]!,
          loads.length,
        )
  }
}

/** See above. */
export const permuteRoutine: Routine = {
  emit: (f, e, { address }) => {
    const axes = axesOf(e)
    const p: Pointers = { from: f.local('i32'), to: f.local('i32') }
    f.assign(p.from, address(e.args[0]!))
    f.assign(p.to, address(e))
    const last = axes.at(-1)!
    const inner = last.from === 1 ? [last] : [last, axes.find((axis) => axis.from === 1)!]
    const outer = axes.filter((axis) => !inner.includes(axis))
    const values = [0, 1, 2, 3].map(() => f.local('v128'))
    const halves = [f.local('v128'), f.local('v128')]
    const turn = (read: Axis): void =>
      emitFours(f, p, read, (readFrom, rows) =>
        emitFours(f, p, last, (writtenFrom, columns) => {
          const start = 4 * (readFrom * read.from + writtenFrom * last.from)
          const end = 4 * (readFrom * read.to + writtenFrom * last.to)
          const loads = Array.from({ length: columns }, (_, i) => start + 4 * i * last.from)
          const stores = Array.from({ length: rows }, (_, i) => end + 4 * i * read.to)
          emitTile(f, p, { loads, stores }, values, halves)
        }),
      )
    const all = outer.reduceRight<() => void>(
      (body, axis) => () => emitAlong(f, p, axis, 1, axis.length, body),
      () => (inner.length === 1 ? copyValues(f, p.from, p.to, last.length) : turn(inner[1]!)),
    )
    all()
  },
}
