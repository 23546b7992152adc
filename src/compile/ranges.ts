/** Ranges of an arena: values that are never in use at one time share bytes. */
import type { Expr } from '../graph/expr.js'
import { sizeOf } from '../graph/shape.js'

/** Bytes `[offset, offset + bytes)` of the arena are in use from kernel `from` to kernel `to`. */
export interface Range {
  readonly value: Expr
  readonly offset: number
  readonly bytes: number
  readonly from: number
  readonly to: number
}

/** An arena that is filled kernel by kernel. */
export interface RangesInOrder {
  /** A place for a value from kernel `from` on, which never decreases, to kernel `to`; gives the lowest offset that is free. */
  readonly claim: (value: Expr, from: number, to: number) => number
  /** All ranges in order of their claims. */
  readonly ranges: readonly Range[]
  /** Size of the arena so far. */
  readonly bytes: () => number
}

/** An empty arena: first fit, 64-byte alignment. */
export const rangesInOrder = (): RangesInOrder => {
  const ranges: Range[] = []
  let bytes = 0
  /** Those in use now, by offset. */
  let live: Range[] = []
  let now = Number.NEGATIVE_INFINITY
  return {
    claim: (value, from, to) => {
      if (from > now) live = live.filter((r) => r.to >= from)
      now = from
      const size = Math.ceil((sizeOf(value.shape) * 4) / 64) * 64
      let offset = 0
      let at = 0
      for (; at < live.length && live[at]!.offset - offset < size; at++) offset = live[at]!.offset + live[at]!.bytes
      const range: Range = { value, offset, bytes: size, from, to }
      live.splice(at, 0, range)
      ranges.push(range)
      bytes = Math.max(bytes, offset + size)
      return offset
    },
    ranges,
    bytes: () => bytes,
  }
}
