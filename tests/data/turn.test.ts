import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { turn } from '../../src/data/turn.js'

describe('turn', () => {
  it('for every angle, is within 1e-15 of the sine and cosine of the engine', () => {
    fc.assert(
      fc.property(fc.integer({ min: -720_000, max: 720_000 }), (k) => {
        const degrees = k / 1000
        const { sin, cos } = turn(degrees)
        const radians = ((degrees % 360) * Math.PI) / 180
        expect(Math.abs(sin - Math.sin(radians))).toBeLessThan(2e-15)
        expect(Math.abs(cos - Math.cos(radians))).toBeLessThan(2e-15)
      }),
    )
  })

  it('is exact at multiples of 90 degrees', () => {
    const exact = [0, 90, 180, 270, 360, -90].map((d) => turn(d)).map(({ sin, cos }) => [sin + 0, cos + 0])
    expect(exact).toEqual([
      [0, 1],
      [1, 0],
      [0, -1],
      [-1, 0],
      [0, 1],
      [-1, 0],
    ])
  })
})
