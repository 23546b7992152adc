/**
 * What a reduction adds to a loop kernel: accumulators, what each element does to them, and where the result goes.
 * The order of every sum is that of the reference: f64 lanes by index mod 4 for `all` and `last`, rows in order for `leading`.
 */
import type { Expr } from '../graph/expr.js'
import { sizeOf } from '../graph/shape.js'
import type { Width } from './lanes.js'
import { clear } from './vector.js'
import type { FunctionBody, Local } from './wasmFunction.js'

/** Hooks into the loop of the kernel. */
export interface Reduction {
  readonly byRow: boolean
  /** Whether a row is written out, so that each of its columns can have a place of its own: `column` is then null. */
  readonly writtenOut: boolean
  /** Once, before everything. */
  readonly before: () => void
  /** At the start of a row (or of the whole flat pass). */
  readonly start: () => void
  /** For four lanes, or one tail element that belongs to `lane`. */
  readonly take: (width: Width, lane: number, push: () => void, column: Local | null, ahead: number) => void
  /** Between the lanes and the tail. */
  readonly turn: () => void
  /** At the end of a row: stores the result. `row` holds 4 × the row's index. */
  readonly finish: (row: Local | null) => void
  /** Once, after everything. */
  readonly after: () => void
}

/** The reduction of a `sum` or `maxLast` node whose result goes to byte address `to`. */
export const reductionOf = (f: FunctionBody, root: Expr, to: number): Reduction => {
  if (root.op.name === 'maxLast') return maxRows(f, to)
  if (root.attrs.axes !== 'leading') return sumLanes(f, root.attrs.axes === 'last', to)
  const columns = sizeOf(root.shape)
  return columns <= mostHeld ? sumHeld(f, columns, to) : sumLeading(f, columns, to)
}

/** Up to this many columns, the sums over leading axes stay in registers: eight vectors. */
const mostHeld = 32

const nothing = (): void => undefined

const storeAt = (f: FunctionBody, row: Local | null, to: number, push: () => void): void => {
  if (row === null) f.i32.const(0)
  else f.get(row)
  push()
  f.f32.store(to)
}

const sumLanes = (f: FunctionBody, byRow: boolean, to: number): Reduction => {
  const low = f.local('v128')
  const high = f.local('v128')
  const x = f.local('v128')
  const lanes = [0, 1, 2, 3].map(() => f.local('f64'))
  return {
    byRow,
    writtenOut: false,
    before: nothing,
    after: nothing,
    start: () => {
      for (const v of [low, high]) {
        f.f64x2.const(0)
        f.set(v)
      }
    },
    take: (width, lane, push) => {
      if (width === 'lanes') {
        push()
        f.set(x)
        f.get(low)
        f.get(x)
        f.f64x2.promote_low_f32x4()
        f.f64x2.add()
        f.set(low)
        f.get(high)
        f.get(x)
        f.get(x)
        f.i8x16.shuffle([8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15])
        f.f64x2.promote_low_f32x4()
        f.f64x2.add()
        f.set(high)
        return
      }
      const l = lanes[lane]!
      f.get(l)
      push()
      f.f64.promote_f32()
      f.f64.add()
      f.set(l)
    },
    turn: () => {
      lanes.forEach((l, i) => {
        f.get(i < 2 ? low : high)
        f.f64x2.extract_lane(i % 2)
        f.set(l)
      })
    },
    finish: (row) =>
      storeAt(f, row, to, () => {
        for (const i of [0, 2]) f.get(lanes[i]!)
        f.f64.add()
        for (const i of [1, 3]) f.get(lanes[i]!)
        f.f64.add()
        f.f64.add()
        f.f32.demote_f64()
      }),
  }
}

/** Accumulates in the result itself: columns stay in the first-level cache while rows pass. */
const sumLeading = (f: FunctionBody, columns: number, to: number): Reduction => ({
  byRow: true,
  writtenOut: false,
  after: nothing,
  before: () => clear(f, to, columns * 4),
  start: nothing,
  take: (width, _lane, push, column, ahead) => {
    const at = (): void => (column === null ? f.i32.const(0) : f.get(column))
    at()
    at()
    if (width === 'lanes') f.v128.load(to)
    else f.f32.load(to + ahead * 4)
    push()
    if (width === 'lanes') {
      f.f32x4.add()
      f.v128.store(to)
    } else {
      f.f32.add()
      f.f32.store(to + ahead * 4)
    }
  },
  turn: nothing,
  finish: nothing,
})

/** The same sums in registers, for rows of few columns: in memory each would wait for its last store. */
const sumHeld = (f: FunctionBody, columns: number, to: number): Reduction => {
  const sums = Array.from({ length: columns }, (_, j) => {
    const lanes = j < columns - (columns % 4)
    return lanes && j % 4 > 0 ? null : f.local(lanes ? 'v128' : 'f32')
  })
  const each = (visit: (sum: Local, lanes: boolean, at: number) => void): void =>
    sums.forEach((sum, j) => {
      if (sum !== null) visit(sum, sum.type === 'v128', to + 4 * j)
    })
  return {
    byRow: true,
    writtenOut: true,
    before: () =>
      each((sum, lanes) => {
        if (lanes) f.f32x4.const(0)
        else f.f32.const(0)
        f.set(sum)
      }),
    start: nothing,
    take: (width, _lane, push, _column, ahead) => {
      const sum = sums[ahead]!
      f.get(sum)
      push()
      if (width === 'lanes') f.f32x4.add()
      else f.f32.add()
      f.set(sum)
    },
    turn: nothing,
    finish: nothing,
    after: () =>
      each((sum, lanes, at) => {
        f.i32.const(0)
        f.get(sum)
        if (lanes) f.v128.store(at)
        else f.f32.store(at)
      }),
  }
}

const maxRows = (f: FunctionBody, to: number): Reduction => {
  const best = f.local('v128')
  const x = f.local('v128')
  const y = f.local('f32')
  const lanes = [0, 1, 2, 3].map(() => f.local('f32'))
  // a := a < y ? y : a
  const raise = (a: Local): void => {
    f.get(y)
    f.get(a)
    f.get(a)
    f.get(y)
    f.f32.lt()
    f.select()
    f.set(a)
  }
  return {
    byRow: true,
    writtenOut: false,
    before: nothing,
    after: nothing,
    start: () => {
      f.f32x4.const(Number.NEGATIVE_INFINITY)
      f.set(best)
    },
    take: (width, lane, push) => {
      push()
      if (width === 'scalar') {
        f.set(y)
        raise(lanes[lane]!)
        return
      }
      f.set(x)
      f.get(x)
      f.get(best)
      f.get(best)
      f.get(x)
      f.f32x4.lt()
      f.v128.bitselect()
      f.set(best)
    },
    turn: () => {
      lanes.forEach((l, i) => {
        f.get(best)
        f.f32x4.extract_lane(i)
        f.set(l)
      })
    },
    finish: (row) => {
      for (const [a, b] of [
        [0, 2],
        [1, 3],
        [0, 1],
      ] as const) {
        f.get(lanes[b]!)
        f.set(y)
        raise(lanes[a]!)
      }
      storeAt(f, row, to, () => f.get(lanes[0]!))
    },
  }
}
