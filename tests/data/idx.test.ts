import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseIdx } from '../../src/data/idx.js'

const idxFile = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, n >> 8, n & 255]), ...values])

describe('parseIdx', () => {
  it('for every shape, gives back shape and values', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(shapes, (shape) => {
        const values = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i)
        expect(parseIdx(idxFile(shape, values))).toEqual(E.right({ shape, values: Uint8Array.from(values) }))
      }),
    )
  })

  it('reads a file that lies inside a larger buffer', () => {
    const whole = Uint8Array.from([9, 9, ...idxFile([2], [5, 6]), 9])
    expect(parseIdx(whole.subarray(2, 12))).toEqual(E.right({ shape: [2], values: Uint8Array.from([5, 6]) }))
  })

  it('says what was expected and what was found', () => {
    expect(parseIdx(idxFile([300], [1]))).toEqual(E.left({ expected: '308 bytes', found: '9 bytes' }))
    expect(parseIdx(Uint8Array.from([0, 0, 8]))).toMatchObject({ left: { found: '3 bytes' } })
    expect(parseIdx(Uint8Array.from([0, 0, 8, 2, 0]))).toMatchObject({ left: { expected: 'a header of 12 bytes' } })
    expect(parseIdx(Uint8Array.from([0, 0, 13, 1, 0, 0, 0, 0]))).toMatchObject({ left: { found: '00 00 0d 01' } })
  })
})
