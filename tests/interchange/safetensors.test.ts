import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { describe as told } from '../../src/codec/problem.js'
import { layout } from '../../src/graph/layout.js'
import type { Reading } from '../../src/interchange/reading.js'
import { readSafetensors } from '../../src/interchange/readSafetensors.js'
import { writeSafetensors } from '../../src/interchange/safetensors.js'
import { loadSafetensors, saveSafetensors } from '../../src/interchange/weights.js'

const problemsOf = (read: Reading<unknown>): readonly string[] => (E.isLeft(read) ? read.left.map(told) : [])
const bitsOf = (values: Float32Array): readonly number[] => [...new Uint32Array(values.slice().buffer)]
const fileOf = (header: unknown, data: readonly number[] = []): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const length = new Uint8Array(8)
  new DataView(length.buffer).setUint32(0, text.length, true)
  return Uint8Array.from([...length, ...text, ...data])
}
const l = layout([
  { name: 'dense0/weight', shape: [2, 3] },
  { name: 'dense0/bias', shape: [3] },
])
const special = Float32Array.of(0, -0, Infinity, -Infinity, NaN, 2 ** -149, -(2 ** -127), 3.4028234663852886e38, 0.1)

describe('safetensors', () => {
  it('are a length, a header and the numbers, each where the format puts it', () => {
    const bytes = writeSafetensors([{ name: 'a', shape: [1, 2], values: Float32Array.of(1, -2) }], { format: 'engram' })
    const header = '{"__metadata__":{"format":"engram"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}'
    const padded = header.padEnd(96)
    expect([...bytes.subarray(0, 8)]).toEqual([96, 0, 0, 0, 0, 0, 0, 0])
    expect(new TextDecoder().decode(bytes.subarray(8, 104))).toBe(padded)
    expect([...bytes.subarray(104)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  it('come back with the same bits, whatever the bits', () => {
    const words = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 9, maxLength: 9 })
    fc.assert(
      fc.property(words, (bits) => {
        const params = new Float32Array(Uint32Array.from(bits).buffer)
        const back = loadSafetensors(saveSafetensors(l, params), l)
        expect(E.isRight(back) && bitsOf(back.right)).toEqual(bits)
      }),
    )
  })

  it('keep minus zero, infinities, NaN and denormal numbers', () => {
    const back = loadSafetensors(saveSafetensors(l, special, { note: 'ü "x"' }), l)
    expect(E.isRight(back) && bitsOf(back.right)).toEqual(bitsOf(special))
  })

  it('keep names, shapes, order and texts, names that look like numbers too', () => {
    const tensors = ['b', '7', 'ä/"', '__proto__'].map((name, i) => ({
      name,
      shape: [i + 1],
      values: new Float32Array(i + 1).fill(i),
    }))
    const read = readSafetensors(writeSafetensors(tensors, { x: 'y' }))
    expect(E.isRight(read) && read.right.metadata).toEqual({ x: 'y' })
    expect(E.isRight(read) && read.right.tensors.map(({ name, shape }) => [name, shape])).toEqual(
      tensors.map(({ name, shape }) => [name, shape]),
    )
  })

  it('begin their numbers at a multiple of 8 bytes', () => {
    for (let n = 1; n < 20; n++) {
      const bytes = writeSafetensors([{ name: 'x'.repeat(n), shape: [], values: Float32Array.of(n) }])
      expect(bytes.length % 8).toBe(4)
    }
  })

  it('load in the order of another writer, by name', () => {
    const swapped = layout(l.entries.toReversed())
    const params = Float32Array.from({ length: 9 }, (_, i) => i)
    const back = loadSafetensors(saveSafetensors(swapped, params), l)
    expect(E.isRight(back) && [...back.right]).toEqual([3, 4, 5, 6, 7, 8, 0, 1, 2])
  })

  it('are refused for another layout with every entry that differs, the first one first', () => {
    const other = layout([
      { name: 'dense0/weight', shape: [3, 2] },
      { name: 'dense0/bais', shape: [3] },
    ])
    expect(problemsOf(loadSafetensors(saveSafetensors(other, new Float32Array(9)), l))).toEqual([
      "entry 0 of the layout, 'dense0/weight': expected F32 [2, 3], got F32 [3, 2]",
      "entry 1 of the layout, 'dense0/bias': expected F32 [3], got no tensor of that name; the file has 'dense0/bais', which the layout does not know",
      "tensor 'dense0/bais' of the file: expected one of the layout's entries (dense0/weight, dense0/bias), got F32 [3]",
    ])
  })

  it('of other types are read, and not loaded as f32', () => {
    const file = fileOf({ a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] } }, [1, 2, 3, 4])
    const read = readSafetensors(file)
    expect(E.isRight(read) && read.right.tensors).toEqual([
      { name: 'a', type: 'BF16', shape: [2], bytes: Uint8Array.of(1, 2, 3, 4) },
    ])
    expect(problemsOf(loadSafetensors(file, layout([{ name: 'a', shape: [2] }])))).toEqual([
      "entry 0 of the layout, 'a': expected F32 [2], got BF16 [2]",
    ])
  })

  it.each([
    ['an empty file', new Uint8Array(0), ['expected the length of the header in 8 bytes, got 0 bytes']],
    [
      'a header longer than the file',
      Uint8Array.of(200, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
      ['header length: expected 2 to 2, in a file of 10 bytes, got 200'],
    ],
    [
      'a length beyond all files',
      new Uint8Array(8).fill(255),
      ['header length: expected 2 to 0, in a file of 8 bytes, got 18446744073709551615'],
    ],
    ['a list', fileOf([1]), ['header: expected an object of tensors by name, got a list']],
    [
      'a name that stands twice',
      fileOf(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        [1],
      ),
      ['a: expected every name once, got it twice'],
    ],
    [
      'a key of a tensor that stands twice, and a text',
      fileOf(
        '{"__metadata__":{"x":"1","x":"2"},"a\\"":{"dtype":"U8","shape":[1],"dtype":"I8","data_offsets":[0,1]}}',
        [1],
      ),
      ['__metadata__.x: expected every name once, got it twice', 'a".dtype: expected every name once, got it twice'],
    ],
    [
      'a list of lists without an end to it',
      fileOf('['.repeat(100_000) + ']'.repeat(100_000)),
      ['header: expected an object of tensors by name, got a list'],
    ],
    [
      'tensors that are lists of lists without an end to it',
      fileOf(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      ['header: expected tensors with lists of numbers, got objects or lists 100001 deep'],
    ],
    [
      'a hole',
      fileOf(
        { a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] }, b: { dtype: 'U8', shape: [1], data_offsets: [2, 3] } },
        [1, 2, 3],
      ),
      ['b.data_offsets: expected its first byte at 1, where the tensor before it ends, got [2, 3]'],
    ],
    [
      'bytes that belong to two',
      fileOf(
        { a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] }, b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] } },
        [1, 2, 3],
      ),
      ['b.data_offsets: expected its first byte at 2, where the tensor before it ends, got [1, 3]'],
    ],
    [
      'three offsets',
      fileOf({ a: { dtype: 'U8', shape: [1], data_offsets: [0, 1, 1] } }, [1]),
      ['a.data_offsets: expected two offsets 1 bytes apart, as [1] of U8 needs, got [0,1,1]'],
    ],
    [
      'bytes that nobody owns',
      fileOf({ a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] } }, [1, 2]),
      ['data: expected 1 bytes, as the header says, got 2 bytes'],
    ],
  ])('refuse %s', (_, bytes, problems) => {
    expect(problemsOf(readSafetensors(bytes))).toEqual(problems)
  })

  it('refuse what is no JSON', () => {
    expect(problemsOf(readSafetensors(fileOf('{"a":')))[0]).toMatch(/^header: expected JSON in UTF-8, got /)
    expect(problemsOf(readSafetensors(fileOf('{}'.replace('}', '\u00ff'))))[0]).toMatch(/^header: expected JSON/)
  })

  it('tell all that is wrong with a header at once', () => {
    const file = fileOf({
      __metadata__: { n: 1 },
      a: { dtype: 'F23', shape: [2], data_offsets: [0, 8] },
      b: { dtype: 'F32', shape: [-1], data_offsets: [0, 8], extra: 0 },
      c: { dtype: 'F32', shape: [3], data_offsets: [0, 8] },
    })
    expect(problemsOf(readSafetensors(file)).map((line) => line.split(':')[0])).toEqual([
      '__metadata__.n',
      'a.dtype',
      'b.extra',
      'b.shape[0]',
      'c.data_offsets',
    ])
  })

  it('may have texts of millions of characters', () => {
    const note = 'ü"\\'.repeat(4_000_000)
    const read = readSafetensors(writeSafetensors([], { note }))
    expect(E.isRight(read) && read.right.metadata.note === note).toBe(true)
  })

  it('are not written with a name twice, a reserved name or values of another number', () => {
    const one = { name: 'a', shape: [2], values: new Float32Array(2) }
    expect(() => writeSafetensors([one, one])).toThrow("safetensors: the name 'a' is used twice")
    expect(() => writeSafetensors([{ ...one, name: '__metadata__' }])).toThrow('reserved')
    for (const shape of [
      [-1, -2],
      [0.5, 4],
    ])
      expect(() => writeSafetensors([{ ...one, shape }])).toThrow('expected whole lengths from 0')
    expect(() => writeSafetensors([{ ...one, shape: [3] }])).toThrow("'a' of shape [3] has 2 values")
    expect(() => saveSafetensors(l, new Float32Array(8))).toThrow('expected 9 values, as the layout has, got 8')
  })
})
