/**
 * Arrays of NumPy in .npy files (numpy.lib.format, versions 1.0 and 2.0; 3.0 differs in names of fields only, which plain arrays
 * do not have): f4, f8, i4 and u1 of up to four axes. Written: version 1.0, little-endian, C order. Read: both byte orders and
 * both orders of axes, brought into ours; the bits of the numbers stay what they are, so f8 stays f64.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { Problem } from '../codec/problem.js'
import type { Layout } from '../graph/layout.js'
import { assertShape, type Shape, showShape, sizeOf } from '../graph/shape.js'
import { bytesOfNumbers, isLength, type Numbers, type NumberType, numbersOf, typeOf, widthOf } from './numbers.js'
import { parseNpyHeader } from './npyHeader.js'
import { type Reading, refused, unless } from './reading.js'

/** An array: last axis fastest. */
export interface NpyArray {
  readonly shape: Shape
  readonly values: Numbers
}

const codes: Readonly<Record<NumberType, string>> = { f32: 'f4', f64: 'f8', i32: 'i4', u8: 'u1' }
const magic = '\u0093NUMPY'
const mostAxes = 4
/** What version 1.0 can say. NumPy itself stops at 10,000 bytes. */
const longestHeader = 2 ** 16 - 1

/** The bytes of a file. Throws on lengths that are none, on values that do not fill the shape, and on more than four axes. */
export const writeNpy = ({ shape, values }: NpyArray): Uint8Array => {
  assertShape(shape.every(isLength), 'npy', 'whole lengths from 0', shape)
  if (values.length !== sizeOf(shape) || shape.length > mostAxes)
    throw new Error(`npy: ${values.length} values do not make an array ${showShape(shape)} of at most ${mostAxes} axes`)
  const type = typeOf(values)
  const descr = `${type === 'u8' ? '|' : '<'}${codes[type]}`
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  // numbers begin at a multiple of 64 bytes, and a line feed ends the header
  const padded = dictionary.padEnd(64 * Math.ceil((10 + dictionary.length + 1) / 64) - 11)
  const head = `${magic}\u0001\u0000${String.fromCharCode((padded.length + 1) & 255, (padded.length + 1) >> 8)}${padded}\n`
  const bytes = bytesOfNumbers(values)
  const out = new Uint8Array(head.length + bytes.length)
  for (let i = 0; i < head.length; i++) out[i] = head.charCodeAt(i)
  out.set(bytes, head.length)
  return out
}

const latin = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')

/** The header's text and where the numbers begin. */
const headerOf = (bytes: Uint8Array): Reading<{ readonly text: string; readonly start: number }> => {
  const begins = latin(bytes.subarray(0, 6))
  if (begins !== magic) return refused('', "the first bytes '\\x93NUMPY'", JSON.stringify(begins))
  const version = bytes[6] ?? 0
  if (version < 1 || version > 3 || bytes[7] !== 0)
    return refused('version', '1.0, 2.0 or 3.0', `${version}.${bytes[7] ?? 0}`)
  const first = version === 1 ? 10 : 12
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const length = bytes.length < first ? 0 : version === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  if (length > longestHeader) return refused('header', `at most ${longestHeader} bytes`, `${length} bytes`)
  return length === 0 || first + length > bytes.length
    ? refused('header', `a whole header, ${first + length} bytes`, `${bytes.length} bytes in all`)
    : E.right({ text: latin(bytes.subarray(first, first + length)), start: first + length })
}

/** `[k, j, i]` in memory → `[i, j, k]`: first axis fastest → last axis fastest. */
const fromFortran = (bytes: Uint8Array, width: number, shape: Shape): Uint8Array => {
  const out = new Uint8Array(bytes.length)
  const index = shape.map(() => 0)
  for (let to = 0; to < sizeOf(shape); to++) {
    const from = index.reduceRight((at, i, axis) => at * shape[axis]! + i, 0)
    out.set(bytes.subarray(from * width, (from + 1) * width), to * width)
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1
      if (index[axis]! < shape[axis]!) break
      index[axis] = 0
    }
  }
  return out
}

/** Reads a file. Left has every problem: no .npy, a header that says something else than an array of these types, too few or too many bytes. */
export const readNpy = (bytes: Uint8Array): Reading<NpyArray> => {
  const header = headerOf(bytes)
  if (E.isLeft(header)) return header
  const entries = parseNpyHeader(header.right.text)
  if (E.isLeft(entries)) return entries
  const { descr, fortran_order: fortran, shape, ...others } = Object.fromEntries(entries.right)
  const found: Problem[] = Object.keys(others).map((path) => ({ path, expected: 'no such key', got: 'the key' }))
  const [, order = '', code = ''] =
    /^([<>|](?=u1$)|[<>])(f4|f8|i4|u1)$/.exec(typeof descr === 'string' ? descr : '') ?? []
  const type = (['f32', 'f64', 'i32', 'u8'] as const).find((name) => codes[name] === code)
  const known = 'f4, f8, i4 or u1 with its byte order (<f4, >f8, |u1)'
  if (type === undefined) found.push({ path: 'descr', expected: known, got: JSON.stringify(descr ?? null) })
  if (typeof fortran !== 'boolean')
    found.push({ path: 'fortran_order', expected: 'True or False', got: JSON.stringify(fortran ?? null) })
  const axes = typeof shape === 'object' && shape.length <= mostAxes ? shape : undefined
  if (axes === undefined)
    found.push({ path: 'shape', expected: 'at most four axes, as in (3, 4)', got: JSON.stringify(shape ?? null) })
  const data = bytes.subarray(header.right.start)
  const needed = sizeOf(axes ?? []) * widthOf(type ?? 'u8')
  if (type !== undefined && axes !== undefined && data.length !== needed)
    found.push({
      path: 'data',
      expected: `${needed} bytes for ${showShape(axes)} of ${code}`,
      got: `${data.length} bytes`,
    })
  return unless(found, () => {
    const [form, of] = [axes ?? [], type ?? 'u8']
    const turned = fortran === true && form.length > 1 ? fromFortran(data, widthOf(of), form) : data
    return { shape: form, values: numbersOf(turned, of, order === '>') }
  })
}

/** The flat parameters [layout.size] of a file that holds them as one vector of f4: what `writeNpy` made of them. An .npy file has no names, so only the length is checked. */
export const loadNpy = (bytes: Uint8Array, { size }: Layout): Reading<Float32Array> => {
  const read = readNpy(bytes)
  if (E.isLeft(read)) return read
  const { shape, values } = read.right
  return values instanceof Float32Array && shape.length === 1 && values.length === size
    ? E.right(values)
    : refused(
        'array',
        `f4 [${size}], one number for each of the layout`,
        `${codes[typeOf(values)]} ${showShape(shape)}`,
      )
}
