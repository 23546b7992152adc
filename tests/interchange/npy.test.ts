import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { describe as told } from '../../src/codec/problem.js'
import { layout } from '../../src/graph/layout.js'
import { loadNpy, readNpy, writeNpy } from '../../src/interchange/npy.js'
import type { Numbers } from '../../src/interchange/numbers.js'
import type { Reading } from '../../src/interchange/reading.js'

const problemsOf = (read: Reading<unknown>): readonly string[] => (E.isLeft(read) ? read.left.map(told) : [])
const bytesIn = (values: Numbers): readonly number[] => [
  ...new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
]
const fileOf = (header: string, data: readonly number[], version = [1, 0]): Uint8Array => {
  const text = new TextEncoder().encode(header)
  const length = [0, 8, 16, 24].slice(0, version[0] === 1 ? 2 : 4).map((bits) => (text.length >> bits) & 255)
  return Uint8Array.from([0x93, ...new TextEncoder().encode('NUMPY'), ...version, ...length, ...text, ...data])
}
const ofBytes = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array }

describe('npy', () => {
  it('are byte for byte what numpy.save writes', () => {
    // numpy 1.24.2: np.save(f, np.array([[1, -2, 0.5]], '<f4'))
    const expected =
      '934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028312c2033292c207d' +
      '20'.repeat(58) +
      '0a0000803f000000c00000003f'
    const bytes = writeNpy({ shape: [1, 3], values: Float32Array.of(1, -2, 0.5) })
    expect(Buffer.from(bytes).toString('hex')).toBe(expected)
  })

  it('come back with the same bytes, for every type and up to four axes', () => {
    const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
    const kinds = fc.constantFrom('f4', 'f8', 'i4', 'u1')
    fc.assert(
      fc.property(shapes, kinds, fc.infiniteStream(fc.integer({ min: 0, max: 255 })), (shape, kind, stream) => {
        const size = shape.reduce((n, d) => n * d, 1)
        const make = ofBytes[kind]
        const bytes = Uint8Array.from(stream.take(size * make.BYTES_PER_ELEMENT))
        const values = new make(bytes.buffer)
        const back = readNpy(writeNpy({ shape, values }))
        expect(E.isRight(back) && back.right.shape).toEqual(shape)
        expect(E.isRight(back) && back.right.values.constructor).toBe(make)
        expect(E.isRight(back) && bytesIn(back.right.values)).toEqual([...bytes])
      }),
    )
  })

  it('of Fortran order are turned to ours', () => {
    const header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n"
    const back = readNpy(fileOf(header, [1, 2, 3, 4, 5, 6]))
    expect(E.isRight(back) && [...back.right.values]).toEqual([1, 3, 5, 2, 4, 6])
    const cube = readNpy(fileOf(header.replace('(2, 3)', '(2, 1, 2, 2)'), [0, 1, 2, 3, 4, 5, 6, 7]))
    expect(E.isRight(cube) && [...cube.right.values]).toEqual([0, 4, 2, 6, 1, 5, 3, 7])
  })

  it('of the other byte order are turned to ours', () => {
    const back = readNpy(fileOf("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", [0x3f, 0x80, 0, 0]))
    expect(E.isRight(back) && back.right.values).toEqual(Float32Array.of(1))
  })

  it('of version 2.0 are read, and headers in any order with either kind of quote', () => {
    const file = fileOf('{"shape": (), "fortran_order": False, \'descr\': "<i4"}  \n', [255, 255, 255, 255], [2, 0])
    const back = readNpy(file)
    expect(E.isRight(back) && back.right).toEqual({ shape: [], values: Int32Array.of(-1) })
  })

  it('load as the parameters of a layout of their length only', () => {
    const l = layout([
      { name: 'a', shape: [2] },
      { name: 'b', shape: [1] },
    ])
    const values = Float32Array.of(1, -0, NaN)
    const back = loadNpy(writeNpy({ shape: [3], values }), l)
    expect(E.isRight(back) && bytesIn(back.right)).toEqual(bytesIn(values))
    const wrong = 'array: expected f4 [3], one number for each of the layout, got '
    expect(problemsOf(loadNpy(writeNpy({ shape: [2], values: new Float32Array(2) }), l))).toEqual([`${wrong}f4 [2]`])
    expect(problemsOf(loadNpy(writeNpy({ shape: [1, 3], values }), l))).toEqual([`${wrong}f4 [1, 3]`])
    expect(problemsOf(loadNpy(writeNpy({ shape: [3], values: new Float64Array(3) }), l))).toEqual([`${wrong}f8 [3]`])
  })

  const good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"
  it.each([
    ['another file', Uint8Array.of(1, 2, 3), /^expected the first bytes '\\x93NUMPY', got /],
    ['an unknown version', fileOf(good, [0, 0, 0, 0], [9, 0]), /^version: expected 1.0, 2.0 or 3.0, got 9.0/],
    [
      'a header that is cut off',
      fileOf(good, []).subarray(0, 30),
      /^header: expected a whole header, 68 bytes, got 30/,
    ],
    [
      'a header of other Python',
      fileOf("{'descr': [('a', '<f4')], 'shape': (1,)}", []),
      /^header: expected a dictionary/,
    ],
    [
      'a header longer than any',
      fileOf(good.padStart(70_000), [], [2, 0]),
      /^header: expected at most 65535 bytes, got 70000 bytes$/,
    ],
    ['a length beyond all numbers', fileOf(good.replace('1', '9'.repeat(400)), []), /^header: expected a dictionary/],
    ['text after the dictionary', fileOf(`${good.trimEnd()} x`, []), /^header: expected a dictionary/],
    ['a number for a shape', fileOf(good.replace('(1,)', '(1)'), []), /^header: expected a dictionary/],
    ['a key twice', fileOf(good.replace("'shape'", "'descr': '<f4', 'shape'"), []), /^header: expected a dictionary/],
    ['an unknown key', fileOf(good.replace(', }', ", 'x': True}"), [0, 0, 0, 0]), /^x: expected no such key/],
    ['complex numbers', fileOf(good.replace('<f4', '<c8'), []), /^descr: expected f4, f8, i4 or u1 .*, got "<c8"/],
    ['five axes', fileOf(good.replace('(1,)', '(1, 1, 1, 1, 1)'), []), /^shape: expected at most four axes/],
    ['too few numbers', fileOf(good, [0, 0, 0]), /^data: expected 4 bytes for \[1\] of f4, got 3 bytes/],
  ])('refuse %s', (_, bytes, problem) => {
    expect(problemsOf(readNpy(bytes))).toEqual([expect.stringMatching(problem)])
  })

  it('tell all that is wrong at once', () => {
    const file = fileOf("{'descr': '<c8', 'fortran_order': 'no', 'shape': True, }", [])
    expect(problemsOf(readNpy(file)).map((line) => line.split(':')[0])).toEqual(['descr', 'fortran_order', 'shape'])
  })

  it('are not written with values that do not fill the shape', () => {
    for (const shape of [
      [-1, -3],
      [1.5, 2],
    ])
      expect(() => writeNpy({ shape, values: new Uint8Array(3) })).toThrow('npy: expected whole lengths from 0, got [')
    expect(() => writeNpy({ shape: [2], values: new Uint8Array(3) })).toThrow('npy: 3 values do not make an array [2]')
  })
})
