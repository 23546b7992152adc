import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { digestOf } from '../../src/record/digest.js'
import { sha256 } from '../../src/record/sha256.js'

const ofText = (text: string): string => sha256(new TextEncoder().encode(text))

describe('sha256', () => {
  it('has the answers of FIPS 180', () => {
    expect(ofText('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(ofText('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(ofText('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    )
    expect(ofText('a'.repeat(1_000_000))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0')
  })

  it('equals another implementation at every length around a block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 200 }), (bytes) => {
        expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })
})

describe('digestOf', () => {
  const numbers = fc.float32Array({ noNaN: true, maxLength: 50 })

  it('is the digest of the bytes, little endian', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const bytes = Buffer.alloc(4 * values.length)
        values.forEach((value, i) => bytes.writeFloatLE(value, 4 * i))
        expect(digestOf(values)).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  it('tells one changed bit', () => {
    fc.assert(
      fc.property(
        fc.float32Array({ noNaN: true, minLength: 1, maxLength: 50 }),
        fc.nat(),
        fc.nat(31),
        (values, at, bit) => {
          const changed = values.slice()
          const bits = new Uint32Array(changed.buffer)
          bits[at % bits.length]! ^= 1 << bit
          expect(digestOf(changed)).not.toBe(digestOf(values))
        },
      ),
    )
  })

  it('takes all NaNs for one, whatever their sign and payload', () => {
    const nan = (bits: number): Float32Array => new Float32Array(Uint32Array.of(bits, 0x3f800000).buffer)
    const digests = [0x7fc00000, 0xffc00000, 0x7fc00001, 0x7f800001, 0xffffffff].map((bits) => digestOf(nan(bits)))
    expect(new Set(digests).size).toBe(1)
    expect(digests[0]).not.toBe(digestOf(Float32Array.of(Number.POSITIVE_INFINITY, 1)))
  })
})
