import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integers } from '../../src/random/draw.js'
import { folded, key, named } from '../../src/random/key.js'

const text = ({ a, b }: { readonly a: number; readonly b: number }): string => `${a}/${b}`

describe('key', () => {
  it('is the same for the same seed and label, on every machine', () => {
    expect(named(key(2), 'stream/order')).toEqual(named(key(2), 'stream/order'))
    expect([key(0), named(key(0), 'golden'), folded(key(0), 1)]).toEqual([
      { a: 0, b: 0 },
      { a: 1297366924, b: 1379755887 },
      { a: 2473972575, b: 935721516 },
    ])
  })

  it('for every two different labels, named keys differ', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(), (one, other, seed) => {
        fc.pre(one !== other)
        expect(text(named(key(seed), one))).not.toBe(text(named(key(seed), other)))
      }),
    )
  })

  it('for every two different numbers, folded keys differ', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (one, other) => {
        fc.pre(one !== other)
        expect(text(folded(key(5), one))).not.toBe(text(folded(key(5), other)))
        expect(text(key(one))).not.toBe(text(key(other)))
      }),
    )
  })

  it('derives children that no draw of the parent shows', () => {
    const drawn = new Set(integers(key(1), 10_000, 2 ** 31 - 1))
    const children = Array.from({ length: 100 }, (_, n) => folded(key(1), n).a)
    expect(children.filter((word) => drawn.has(word))).toEqual([])
  })

  it('refuses seeds and numbers that are no integers in range', () => {
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => key(bad)).toThrow('seed')
      expect(() => folded(key(0), bad)).toThrow('integer')
    }
  })

  it('tells seeds above 2^32 apart', () => {
    expect(key(2 ** 32 + 5)).toEqual({ a: 5, b: 1 })
  })
})
