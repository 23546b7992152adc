import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spread } from '../../src/report/chart/spread.js'

const range = { low: 0, high: 1 }
const heights = fc.array(
  fc.integer({ min: 0, max: 1000 }).map((k) => k / 1000),
  { maxLength: 12 },
)

describe('labels in a gutter', () => {
  it('stay where they want to be when there is room', () => {
    expect(spread([0.9, 0.1, 0.5], 0.1, range)).toEqual([0.9, 0.1, 0.5])
  })

  it('share the way when two want the same place', () => {
    const [a, b] = spread([0.5, 0.5], 0.1, range)
    expect(a).toBeCloseTo(0.45, 12)
    expect(b).toBeCloseTo(0.55, 12)
  })

  it('for all heights keep their distance, their order and the range', () => {
    fc.assert(
      fc.property(heights, (wanted) => {
        const placed = spread(wanted, 0.08, range)
        const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]! || a - b)
        order.slice(1).forEach((i, k) => expect(placed[i]! - placed[order[k]!]!).toBeGreaterThan(0.08 - 1e-9))
        for (const at of placed) {
          expect(at).toBeGreaterThan(-1e-9)
          expect(at).toBeLessThan(1 + 1e-9)
        }
      }),
    )
  })
})
