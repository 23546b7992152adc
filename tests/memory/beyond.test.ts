import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { beyond } from '../../src/memory/beyond.js'

describe('beyond', () => {
  it('leaves of each class its first rows, as many as it may have', () => {
    expect([...beyond(Int32Array.of(7, 7, 2, 7, 2, 2), 2)]).toEqual([3, 5])
    expect([...beyond(Int32Array.of(7, 7, 2), 0)]).toEqual([0, 1, 2])
    expect([...beyond(new Int32Array(0), 3)]).toEqual([])
  })

  it('is ascending, and what is left has at most so many rows of each class', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 })), fc.integer({ min: 0, max: 5 }), (labels, each) => {
        const drop = [...beyond(Int32Array.from(labels), each)]
        expect(drop).toEqual([...drop].sort((a, b) => a - b))
        for (const label of new Set(labels)) {
          const own = labels.flatMap((l, i) => (l === label ? [i] : []))
          expect(own.filter((i) => !drop.includes(i))).toEqual(own.slice(0, each))
        }
      }),
    )
  })
})
