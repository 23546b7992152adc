import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { herding } from '../../src/memory/herding.js'
import { unitRows } from '../../src/memory/unitRows.js'
import { normals } from '../../src/random/normals.js'
import { key } from '../../src/random/key.js'

const table = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 4 })).chain(([n, width]) =>
  fc.record({
    n: fc.constant(n),
    width: fc.constant(width),
    // sums of multiples of 1/4 are exact, so that ties are ties
    features: fc.array(
      fc.integer({ min: -8, max: 8 }).map((k) => k / 4),
      { minLength: n * width, maxLength: n * width },
    ),
    count: fc.nat(14),
  }),
)

const meanOf = (features: ArrayLike<number>, width: number, rows: readonly number[]): readonly number[] =>
  Array.from(
    { length: width },
    (_, j) => rows.reduce((sum, i) => sum + (features[i * width + j] ?? 0), 0) / rows.length,
  )

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt(a.reduce((sum, x, j) => sum + (x - (b[j] ?? 0)) ** 2, 0))

describe('herding', () => {
  it('chooses, each time, a row that brings the mean of those chosen closest to the mean of all, and each row once', () => {
    fc.assert(
      fc.property(table, ({ n, width, features, count }) => {
        const rows = Array.from({ length: n }, (_, i) => i)
        const mean = meanOf(features, width, rows)
        const order = [...herding(features, n, width, count)]
        expect(order.length).toBe(Math.min(n, count))
        expect(new Set(order).size).toBe(order.length)
        const away = (chosen: readonly number[]): number => distance(mean, meanOf(features, width, chosen))
        order.forEach((row, k) => {
          const before = order.slice(0, k)
          const left = rows.filter((i) => !before.includes(i))
          const least = Math.min(...left.map((i) => away([...before, i])))
          // to rounding: means are divided in another order
          expect(away([...before, row])).toBeLessThanOrEqual(least + 1e-12)
        })
      }),
    )
  })

  it('takes the first of equal rows, and a shorter order is the beginning of a longer one', () => {
    expect([...herding([1, 3, 1, 3], 4, 1, 4)]).toEqual([0, 1, 2, 3])
    fc.assert(
      fc.property(table, ({ n, width, features, count }) => {
        expect(herding(features, n, width, count)).toEqual(herding(features, n, width, n).slice(0, count))
      }),
    )
  })

  it('comes closer to the mean than the first rows do, like 1/k', () => {
    const [n, width] = [400, 6]
    const features = normals(key(3), n * width)
    const order = [...herding(features, n, width, 100)]
    const mean = meanOf(
      features,
      width,
      Array.from({ length: n }, (_, i) => i),
    )
    const away = (rows: readonly number[]): number => distance(mean, meanOf(features, width, rows))
    for (const k of [20, 50, 100]) {
      expect(away(order.slice(0, k))).toBeLessThan(away(Array.from({ length: k }, (_, i) => i)) / 3)
      // the diameter of the rows bounds k times the distance, whatever k
      expect(k * away(order.slice(0, k))).toBeLessThan(8)
    }
  })
})

describe('unitRows', () => {
  it('gives every row length 1 and leaves rows of zeros and its argument alone', () => {
    const features = Float64Array.of(3, 4, 0, 0, -1e-3, 0)
    expect([...unitRows(features, 3, 2)]).toEqual([0.6, 0.8, 0, 0, -1, 0])
    expect([...features]).toEqual([3, 4, 0, 0, -1e-3, 0])
  })
})
