import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { decodeWith } from '../../src/codec/decode.js'
import { list } from '../../src/codec/list.js'
import { natural } from '../../src/codec/number.js'
import { unique } from '../../src/codec/unique.js'

const seeds = unique(list(natural), { keyOf: String, expected: 'every seed once' })

describe('a list whose items differ', () => {
  it('is decoded as the list itself', () => {
    expect(decodeWith(seeds, [3, 1, 2])).toEqual(E.right([3, 1, 2]))
    expect([seeds.is([1, 2]), seeds.is([1, 1])]).toEqual([true, false])
  })

  it('reports repeats beside the problems of items', () => {
    expect(decodeWith(seeds, [3, -1, 3])).toEqual(
      E.left([
        { path: '[1]', expected: 'an integer >= 0', got: '-1' },
        { path: '[2]', expected: 'every seed once', got: '3' },
      ]),
    )
  })

  it('is a list', () => {
    expect(E.isLeft(decodeWith(seeds, 'ab'))).toBe(true)
  })
})
