import * as E from 'fp-ts/lib/Either.js'
import type { Mismatch } from './mismatch.js'

/** A tensor of bytes from an IDX file. */
export interface Idx {
  readonly shape: readonly number[]
  /** Row major; a view of the file's bytes, not a copy. */
  readonly values: Uint8Array
}

const U8 = 0x08

/**
 * Parses an IDX file of unsigned bytes; Left when the header or the length is wrong.
 * @source LeCun, Cortes, Burges, "The MNIST database": two zero bytes, type code, number of dimensions, each dimension as
 * a big-endian u32, then the values.
 */
export const parseIdx = (bytes: Uint8Array): E.Either<Mismatch, Idx> => {
  if (bytes.length < 4) return E.left({ expected: 'an IDX header of 4 bytes', found: `${bytes.length} bytes` })
  const rank = bytes[3]!
  if (bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== U8 || rank === 0) {
    const found = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, '0')).join(' ')
    return E.left({ expected: 'the first bytes 00 00 08 and a number of dimensions', found })
  }
  const start = 4 + 4 * rank
  if (bytes.length < start) return E.left({ expected: `a header of ${start} bytes`, found: `${bytes.length} bytes` })
  const header = new DataView(bytes.buffer, bytes.byteOffset, start)
  const shape = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i))
  const length = start + shape.reduce((product, n) => product * n, 1)
  if (bytes.length !== length) return E.left({ expected: `${length} bytes`, found: `${bytes.length} bytes` })
  return E.right({ shape, values: bytes.subarray(start) })
}
