/** Reading safetensors: whatever a file may have wrong is told, all of it at once. The format: see `writeSafetensors`. */
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { checked } from '../codec/checked.js'
import { closed } from '../codec/closed.js'
import { decodeWith } from '../codec/decode.js'
import { jsonOf } from '../codec/jsonOf.js'
import { list } from '../codec/list.js'
import { natural } from '../codec/number.js'
import { oneOf } from '../codec/oneOf.js'
import { type Problem, shown } from '../codec/problem.js'
import { table } from '../codec/table.js'
import { type Shape, showShape, sizeOf } from '../graph/shape.js'
import { outlineOf } from './jsonKeys.js'
import { type Reading, refused, unless } from './reading.js'
import { metadataKey } from './safetensors.js'

/** A tensor of a file. */
export interface SafeTensor {
  readonly name: string
  /** `F32`, `F64`, `BF16`, … as the format calls them. */
  readonly type: string
  readonly shape: Shape
  /** Little-endian, last axis fastest; a view of the file's bytes. */
  readonly bytes: Uint8Array
}

/** What a file holds: tensors in the order of their bytes, and texts by name. */
export interface Safetensors {
  readonly tensors: readonly SafeTensor[]
  readonly metadata: Readonly<Record<string, string>>
}

const longestHeader = 100_000_000

const types = {
  1: ['BOOL', 'U8', 'I8', 'F8_E4M3', 'F8_E5M2'],
  2: ['I16', 'U16', 'F16', 'BF16'],
  4: ['I32', 'U32', 'F32'],
  8: ['I64', 'U64', 'F64'],
} as const
const widths = new Map<string, number>(
  Object.entries(types).flatMap(([width, names]) => names.map((name) => [name, Number(width)] as const)),
)

const entry = checked(
  closed('a tensor', {
    dtype: oneOf([...types[1], ...types[2], ...types[4], ...types[8]]),
    shape: list(natural),
    data_offsets: list(natural),
  }),
  ({ dtype, shape, data_offsets: [from, to, ...more] }) => {
    const bytes = sizeOf(shape) * (widths.get(dtype) ?? 0)
    const fits = from !== undefined && to !== undefined && more.length === 0 && to - from === bytes
    const expected = `two offsets ${bytes} bytes apart, as ${showShape(shape)} of ${dtype} needs`
    return fits ? [] : [{ at: ['data_offsets'], expected }]
  },
)

type Entry = readonly [string, t.TypeOf<typeof entry>]

/** The bytes of the header, or what is wrong with its length. */
const headerOf = (bytes: Uint8Array): Reading<Uint8Array> => {
  if (bytes.length < 8) return refused('', 'the length of the header in 8 bytes', `${bytes.length} bytes`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const most = Math.min(bytes.length - 8, longestHeader)
  return length < 2n || length > BigInt(most)
    ? refused('header length', `2 to ${most}, in a file of ${bytes.length} bytes`, String(length))
    : E.right(bytes.subarray(8, 8 + Number(length)))
}

/** Tensors of these entries in the order of their bytes; all of `data` must belong to one of them each. */
const placed = (entries: readonly Entry[], data: Uint8Array): Reading<readonly SafeTensor[]> => {
  const found: Problem[] = []
  let end = 0
  const tensors = entries
    .map(([name, { dtype, shape, data_offsets }]) => ({
      name,
      type: dtype,
      shape,
      from: data_offsets[0]!,
      to: data_offsets[1]!,
    }))
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
    .map(({ name, type, shape, from, to }): SafeTensor => {
      const expected = `its first byte at ${end}, where the tensor before it ends`
      if (from !== end) found.push({ path: `${name}.data_offsets`, expected, got: showShape([from, to]) })
      end = to
      return { name, type, shape, bytes: data.subarray(from, to) }
    })
  const expected = `${end} bytes, as the header says`
  if (end !== data.length) found.push({ path: 'data', expected, got: `${data.length} bytes` })
  return unless(found, () => tensors)
}

const problemsOf = (read: Reading<unknown>, within = ''): readonly Problem[] =>
  E.isLeft(read) ? read.left.map((p) => ({ ...p, path: [within, p.path].filter((key) => key !== '').join('.') })) : []

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/**
 * Reads a file. Left has every problem: a header that is cut off, is not JSON or has a name twice; unknown types and keys; shapes
 * and offsets that contradict each other; bytes that belong to no tensor or to two.
 */
export const readSafetensors = (bytes: Uint8Array): Reading<Safetensors> => {
  const header = headerOf(bytes)
  if (E.isLeft(header)) return header
  const json = jsonOf(header.right)
  if (E.isLeft(json)) return refused('header', 'JSON in UTF-8', json.left)
  const expected = 'an object of tensors by name'
  if (!isRecord(json.right))
    return refused('header', expected, Array.isArray(json.right) ? 'a list' : shown(json.right))
  const { repeated, depth } = outlineOf(new TextDecoder().decode(header.right))
  // header, tensor, list of lengths; what shows values or checks them may not go deeper
  if (depth > 3) return refused('header', 'tensors with lists of numbers', `objects or lists ${depth} deep`)
  const { [metadataKey]: texts = {}, ...rest } = json.right
  const metadata = decodeWith(table(t.string), texts)
  const entries = decodeWith(table(entry), rest)
  const found = [
    ...repeated.map((path) => ({ path, expected: 'every name once', got: 'it twice' })),
    ...problemsOf(metadata, metadataKey),
    ...problemsOf(entries),
  ]
  const sound = unless(found, () => (E.isRight(entries) ? Object.entries(entries.right) : []))
  if (E.isLeft(sound)) return sound
  const tensors = placed(sound.right, bytes.subarray(8 + header.right.length))
  if (E.isLeft(tensors)) return tensors
  return E.right({ tensors: tensors.right, metadata: E.isRight(metadata) ? metadata.right : {} })
}
