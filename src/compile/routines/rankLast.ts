/**
 * Ranks within rows by counting. Some columns are held in registers while all entries of the row pass: entries before them count where
 * they are not less, entries after them where they are greater, and those among them as their lane is before or after.
 */
import { columnsOf, rowsOf } from '../../graph/shape.js'
import type { Routine } from '../routine.js'
import { lanesOf, loadVector, storeVector } from '../vector.js'
import type { Local } from '../wasmFunction.js'

/** Columns that are held at once. */
const held = 16

/** All bits set in the lanes after `lane`. */
const after = (lane: number): Uint8Array =>
  new Uint8Array(Int32Array.of(0, 1, 2, 3).map((l) => (l > lane ? -1 : 0)).buffer)

/** See above. */
export const rankLastRoutine: Routine = {
  emit: (f, e, { address }) => {
    const [x, to] = [address(e.args[0]!), address(e)]
    const [m, n] = [rowsOf(e.shape), columnsOf(e.shape)]
    const [row, end, first, at] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const other = f.local('v128')
    const values = lanesOf(Math.min(n, held)).map(() => ({ own: f.local('v128'), count: f.local('v128') }))
    type Held = (typeof values)[number]
    const read = (pointer: Local, offset: number): void => {
      f.get(pointer)
      f.v128.load32_splat(x + offset)
      f.set(other)
    }
    const compare = ({ own }: Held, how: 'gt' | 'ge' | 'eq'): void => {
      f.get(other)
      f.get(own)
      f.f32x4[how]()
    }
    // a true comparison is −1
    const count = (v: Held, pushComparison: () => void): void => {
      f.get(v.count)
      pushComparison()
      f.i32x4.sub()
      f.set(v.count)
    }
    const pass = (used: readonly Held[], from: Local, until: Local, how: 'gt' | 'ge'): void =>
      f.forRange(at, from, until, 4, () => {
        read(at, 0)
        for (const v of used) count(v, () => compare(v, how))
      })
    const among = (used: readonly Held[], columns: number): void => {
      for (let j = 0; j < columns; j++) {
        read(first, 4 * j)
        used.forEach((v, k) =>
          count(v, () => {
            compare(v, j < 4 * k ? 'ge' : 'gt')
            // only the lanes after this one count an equal entry
            if (j < 4 * k || j >= 4 * k + 3) return
            compare(v, 'eq')
            f.v128.const(after(j - 4 * k))
            f.v128.and()
            f.v128.or()
          }),
        )
      }
    }
    const ranks = (columns: number): void => {
      const lanes = lanesOf(columns)
      const used = values.slice(0, lanes.length)
      used.forEach(({ own, count: c }, k) => {
        loadVector(f, first, x + 16 * k, lanes[k]!)
        f.set(own)
        f.i32x4.const(0)
        f.set(c)
      })
      pass(used, row, first, 'ge')
      among(used, columns)
      f.increment(first, 4 * columns)
      pass(used, first, end, 'gt')
      used.forEach(({ count: c }, k) =>
        storeVector(
          f,
          first,
          () => {
            f.get(c)
            f.f32x4.convert_i32x4_s()
          },
          to + 16 * k - 4 * columns,
          lanes[k]!,
        ),
      )
    }
    f.forRange(row, 0, 4 * m * n, 4 * n, () => {
      f.assign(end, () => {
        f.get(row)
        f.i32.const(4 * n)
        f.i32.add()
      })
      f.assign(first, row)
      const whole = Math.floor(n / held)
      f.forRange(f.local('i32'), 0, whole, 1, () => ranks(held))
      if (n % held > 0) ranks(n % held)
    })
  },
}
